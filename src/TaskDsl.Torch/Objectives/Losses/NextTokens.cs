using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>
/// The places of a batch from which a next token is to be predicted. Only they reach the vocabulary: no logits are computed for a prompt's
/// tokens or for padding.
/// </summary>
/// <param name="Hidden">The hidden states, <c>[rows, hidden]</c>.</param>
/// <param name="Head">The projection to the vocabulary.</param>
/// <param name="Targets">The tokens to be predicted, int64 <c>[rows]</c>.</param>
/// <param name="Weights">How much each counts: as its example does, float32 <c>[rows]</c>.</param>
/// <param name="Sequence">For each place, the number of its sequence in the batch, ascending.</param>
public sealed record NextTokens(Tensor Hidden, VocabularyHead Head, Tensor Targets, Tensor Weights, int[] Sequence)
{
    /// <summary>Runs the model of a pass.</summary>
    /// <param name="pass">A decoder, or an encoder–decoder: that reads each prompt, and writes the completion.</param>
    /// <param name="completionOnly">Only where the next token belongs to a completion.</param>
    /// <exception cref="MisfitException">The model predicts no next token, as <see cref="Check"/> says.</exception>
    public static NextTokens Of(ForwardPass pass, bool completionOnly)
    {
        ArgumentNullException.ThrowIfNull(pass);
        Check(pass.Model, completionOnly);
        var (sequences, device) = (pass.Batch.Sequences, pass.Model.Device);
        var predicted = sequences
            .Index()
            .SelectMany(s => Predicted(pass.Model, s.Item, completionOnly).Select(i => (s.Index, Token: i)))
            .ToArray();
        var targets = FromHost.Tensor(predicted.Select(p => (long)sequences[p.Index].Sequence.Ids[p.Token]).ToArray(), device);
        var weights = FromHost.Tensor(predicted.Select(p => sequences[p.Index].Weight).ToArray(), device);
        int[] sequence = [.. predicted.Select(p => p.Index)];
        if (pass.Model is not EncoderDecoder both)
        {
            var before = predicted.Select(p => (long)sequences[p.Index].Start + p.Token - 1);
            return new(pass.At(before), pass.Model.Vocabulary, targets, weights, sequence);
        }

        var width = Math.Max(1, sequences.Max(s => (long)s.CompletionIds.Length));
        var written = predicted.Select(p => p.Index * width + p.Token - sequences[p.Index].PromptIds.Length);
        var places = FromHost.Tensor(written.ToArray(), device);
        var states = pass.OfCompletions(); // [sequences, longest completion, hidden]
        var chosen = states.reshape(-1, states.size(2)).index_select(0, places); // [rows, hidden]
        return new(chosen, both.Vocabulary, targets, weights, sequence);
    }

    /// <summary>How many tokens of a batch a model predicts, each as much as its example counts.</summary>
    /// <param name="model">The model; it is not run.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="completionOnly">Only the tokens of completions.</param>
    public static double Count(LanguageModel model, TokenBatch batch, bool completionOnly)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Sequences.Sum(s => (double)s.Weight * Predicted(model, s, completionOnly).Count());
    }

    /// <summary>How many sequences of a batch have tokens that a model predicts, each as much as its example counts.</summary>
    /// <param name="model">The model; it is not run.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="completionOnly">Only the tokens of completions.</param>
    public static double CountSequences(LanguageModel model, TokenBatch batch, bool completionOnly)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Sequences.Where(s => Predicted(model, s, completionOnly).Any()).Sum(s => (double)s.Weight);
    }

    /// <summary>Refuses a model that predicts no next token.</summary>
    /// <param name="model">The model.</param>
    /// <param name="completionOnly">Whether only the tokens of completions are to be predicted.</param>
    /// <exception cref="MisfitException">
    /// It is an encoder, a decoder whose tokens see ahead, or an encoder–decoder that is to predict its input.
    /// </exception>
    public static void Check(LanguageModel model, bool completionOnly)
    {
        ArgumentNullException.ThrowIfNull(model);
        var why = model switch
        {
            { Head: not LmHead } =>
                $"A {model.Config.ModelType} {model.Head.Summary} writes no text; use masked_lm, classification, token_classification or "
                    + "contrastive.",
            Decoder { IsBidirectional: true } => "A decoder whose tokens see ahead predicts no next token.",
            Decoder => null,
            EncoderDecoder when completionOnly => null,
            EncoderDecoder =>
                $"The objective causal_lm is for decoders; a {model.Config.ModelType} reads one text and writes another: use supervised.",
            _ => throw new InvalidOperationException($"no model {model.GetType().Name}"),
        };
        if (why is not null)
            throw new MisfitException(why);
    }

    /// <summary>The tokens of a sequence that a model predicts, by their number in the sequence.</summary>
    private static IEnumerable<int> Predicted(LanguageModel model, PlacedSequence placed, bool completionOnly)
    {
        var tokens = placed.Sequence;
        return model is EncoderDecoder
            ? Enumerable.Range(placed.PromptIds.Length, placed.CompletionIds.Length)
            : Enumerable.Range(1, Math.Max(0, tokens.Ids.Length - 1)).Where(i => tokens.CompletionMask[i] || !completionOnly);
    }
}
