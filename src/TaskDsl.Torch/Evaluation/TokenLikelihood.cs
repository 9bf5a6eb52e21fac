using System.Text;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.Torch.Evaluation;

/// <summary>How probable a model holds given answers and texts: it writes nothing.</summary>
/// <param name="model">The model; the caller keeps it alive.</param>
/// <param name="rows">How many are read at a time.</param>
/// <param name="progress">Is told how many of so many are read.</param>
/// <param name="cancellation">Ends it.</param>
public sealed class TokenLikelihood(
    LoadedModel model,
    int rows,
    Func<int, IProgress<int>>? progress = null,
    CancellationToken cancellation = default
)
{
    /// <summary>The log-probability of each example's own answer behind its prompt, with the token that ends it, and its tokens.</summary>
    /// <param name="prompt">The prompt, in its first phrasing and without demonstrations.</param>
    /// <param name="examples">The examples.</param>
    /// <returns>One for each; null where prompt and answer are longer than the model can read, or no model is for it.</returns>
    /// <exception cref="RunException">The model writes no text.</exception>
    public IReadOnlyList<(double LogProbability, int Tokens)?> OfAnswers(Prompt prompt, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        return model.ByInput is null
            ? Of([.. Answers(prompt, examples)])
            : ByInput(prompt, examples, (likelihood, own) => likelihood.OfAnswers(prompt, own));
    }

    /// <summary>The same where nothing is asked: how probable the answers are by themselves.</summary>
    /// <inheritdoc cref="OfAnswers"/>
    public IReadOnlyList<(double LogProbability, int Tokens)?> OfAnswersAlone(Prompt prompt, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        if (model.ByInput is not null)
            return ByInput(prompt, examples, (likelihood, own) => likelihood.OfAnswersAlone(prompt, own));
        return Of([
            .. Answers(prompt, examples)
                .Select(sequence =>
                {
                    var first = Array.IndexOf(sequence.CompletionMask, true);
                    int[] nothing = [.. Before(isAsked: true)];
                    return new TokenSequence(
                        [.. nothing, .. sequence.Ids[first..]],
                        [.. new bool[nothing.Length], .. sequence.CompletionMask[first..]],
                        sequence.Origin
                    );
                }),
        ]);
    }

    /// <summary>
    /// The log-probability of each text's tokens, and how many are counted: all but the first where the model puts none before it. A text
    /// that is longer than the model can read is read in pieces, each of which begins with the last token of the one before.
    /// </summary>
    /// <returns>One for each; null where a text has no token that is predicted.</returns>
    public IReadOnlyList<(double LogProbability, int Tokens)?> OfTexts(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (model.Model is EncoderDecoder)
            throw new RunException(
                $"a {model.Model.Config.ModelType} reads one text and writes another: the text alone has no likelihood."
            );
        var pieces = texts.Select(Pieces).ToList();
        var sums = Of([.. pieces.SelectMany(text => text)]);
        var at = 0;
        return
        [
            .. pieces.Select(text =>
            {
                var own = Enumerable.Range(at, text.Count).Select(i => sums[i]!.Value).ToList();
                at += text.Count;
                return own.Count == 0 ? ((double, int)?)null : (own.Sum(piece => piece.LogProbability), own.Sum(piece => piece.Tokens));
            }),
        ];
    }

    private IReadOnlyList<(double LogProbability, int Tokens)?> ByInput(
        Prompt prompt,
        IReadOnlyList<Example> examples,
        Func<TokenLikelihood, IReadOnlyList<Example>, IReadOnlyList<(double LogProbability, int Tokens)?>> of
    ) =>
        model.ByInput!.Answer(
            examples,
            example => (prompt, example.InputValue, example.Language),
            (one, own) => of(new TokenLikelihood(one, rows, progress, cancellation), own),
            _ => null
        );

    private IEnumerable<TokenSequence> Answers(Prompt prompt, IReadOnlyList<Example> examples)
    {
        Check();
        using var buffer = new PromptBuffer();
        var chat = model.LayoutOf(prompt);
        foreach (var example in examples)
            yield return new ExampleTokens(
                example,
                prompt,
                phrasing: 0,
                [],
                chat,
                model.Tokenizer,
                buffer,
                model.Model is EncoderDecoder
            ).PromptAndCompletion();
    }

    private List<TokenSequence> Pieces(string text)
    {
        var ids = new List<int>();
        model.Tokenizer.Encode(Encoding.UTF8.GetBytes(text), special: false, ids);
        var before = Before(isAsked: false).ToArray();
        int[] all = [.. before, .. ids];
        var pieces = new List<TokenSequence>();
        var most = model.Model.Config.MaxPositions;
        for (var start = 0; start + Math.Max(1, before.Length) < all.Length && start < all.Length - 1; start += most - 1)
        {
            var piece = all[start..Math.Min(start + most, all.Length)];
            bool[] counted = [.. piece.Select((_, i) => start + i >= Math.Max(1, before.Length) && i > 0)];
            pieces.Add(new TokenSequence(piece, counted, default));
        }

        return pieces;
    }

    /// <summary>What stands before a text that nothing stands before.</summary>
    private IEnumerable<int> Before(bool isAsked)
    {
        var prefix = model.Model is EncoderDecoder ? model.Tokenizer.Suffix : model.Tokenizer.Prefix;
        return prefix.Count > 0 || !isAsked ? prefix : [model.Tokenizer.BeginningOfText ?? model.Tokenizer.EndOfText];
    }

    private void Check()
    {
        if (model.Model.Head is not LmHead)
            throw new RunException(
                $"a {model.Model.Config.ModelType} {model.Model.Head.Summary} writes no tokens, so that there is no likelihood of any; "
                    + "score by confidence."
            );
        FiniteScores.CheckWeights(model.Model, model.Added);
    }

    private (double LogProbability, int Tokens)?[] Of(TokenSequence[] sequences)
    {
        Check();
        using var ungraded = TorchSharp.torch.no_grad();
        using var tf32 = model.Tf32 is { } on ? TorchRuntime.UseTf32(on) : null;
        using var narrow = Autocast.Begin(model.Model.Device, model.AnswersIn?.Scalar());
        var sums = new (double, int)?[sequences.Length];
        var (done, counting) = (0, progress?.Invoke(sequences.Length));
        foreach (
            var part in sequences.Index().Where(s => Fits(s.Item)).OrderBy(s => s.Item.Length).ThenBy(s => s.Index).Chunk(Math.Max(1, rows))
        )
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var pass = new ForwardPass(model.Model, new TokenBatch([.. part.Select(s => new[] { s.Item })], model.Tokenizer.Padding));
            foreach (var (s, sum) in part.Zip(SequenceScores.Of(pass)))
                sums[s.Index] = sum;
            counting?.Report(done += part.Length);
        }

        return sums;
    }

    private bool Fits(TokenSequence sequence)
    {
        var answer = sequence.CompletionMask.Count(isAnswer => isAnswer);
        var longest = model.Model is EncoderDecoder ? Math.Max(answer, sequence.Length - answer) : sequence.Length;
        return longest <= model.Model.Config.MaxPositions;
    }
}
