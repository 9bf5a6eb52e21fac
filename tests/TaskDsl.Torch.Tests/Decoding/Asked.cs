using TaskDsl.Grammars;
using TaskDsl.Prompts;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tests.Inference;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Decoding;

/// <summary>Questions of one task to a model, and what a plain computation says of their answers: whole passes, without a cache.</summary>
internal sealed class Asked(LoadedModel model, Grammar grammar)
{
    public PlainPrompt Prompt { get; } = new(new PlainTask(_ => grammar));

    public IReadOnlyList<Prediction> Predict(GenerationPlan plan, int count = 37, long seed = 1, int sample = 0, bool? onHost = null) =>
        new Predictor(model, plan, seed) { OnHost = onHost }.Predict([
            .. SmallWriter.Inputs.Take(count).Select(input => new PredictionRequest(Prompt, input, "en") { Sample = sample }),
        ]);

    /// <summary>The sum of the log-probabilities of an answer's tokens and of the one that ends it, and how many they are.</summary>
    /// <param name="input">What is asked; null = nothing.</param>
    /// <param name="answer">The answer.</param>
    public (double Sum, int Tokens) LogProbability(string? input, string answer)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        using var buffer = new PromptBuffer();
        Prompt.RenderAnswered(buffer, input ?? "", answer, "en", chat: model.LayoutOf(Prompt));
        var tokens = model.Tokenizer.Encode(buffer);
        var first = Array.IndexOf(tokens.CompletionMask, true);
        int[] asked = input is null ? [] : tokens.Ids[..first];
        if (model.Model is Decoder decoder)
        {
            if (input is null)
                asked = [model.Tokenizer.BeginningOfText ?? model.Tokenizer.EndOfText];
            int[] answered = tokens.Ids[first..];
            var logits = decoder.Logits(decoder.Hidden(Row([.. asked, .. answered])))[0];
            return (Sum(logits.narrow(0, asked.Length - 1, answered.Length), answered), answered.Length);
        }

        // An encoder–decoder's answer is a text of its own.
        var both = (EncoderDecoder)model.Model;
        var written = new List<int>();
        model.Tokenizer.Encode(System.Text.Encoding.UTF8.GetBytes(answer), special: false, written);
        written.Add(model.Tokenizer.EndOfText);
        asked = [.. asked, .. model.Tokenizer.Suffix];
        var read = both.Encode(Row(asked.Length > 0 ? asked : [model.Tokenizer.EndOfText]));
        var scores = both.Logits(both.Hidden(read, Row([both.Start, .. written[..^1]])))[0];
        return (Sum(scores, [.. written]), written.Count);
    }

    private static Tensor Row(int[] ids) => tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Length]);

    private static double Sum(Tensor logits, int[] tokens) =>
        logits.log_softmax(1).gather(1, tensor(tokens.Select(id => (long)id).ToArray(), [tokens.Length, 1])).sum().ToDouble();
}
