using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>The cross-entropy of next tokens.</summary>
internal static class NextToken
{
    public static LossSum Loss(LanguageModel model, TokenBatch batch, bool answerOnly, Average average = Average.Tokens)
    {
        using var scope = NewDisposeScope();
        var terms = NextTokens.Of(model, batch, answerOnly);
        var (weights, count) =
            average == Average.Tokens ? (Equal(terms.Sequence.Length), terms.Sequence.Length) : PerExample(terms.Sequence);
        var sum = HeadLoss.Sum(terms.Hidden, terms.Head, terms.Targets, tensor(weights, device: model.Device));
        return new LossSum(sum.MoveToOuterDisposeScope(), count);
    }

    private static float[] Equal(int count)
    {
        var weights = new float[count];
        Array.Fill(weights, 1);
        return weights;
    }

    /// <summary>Each token's weight is one over the tokens of its sequence; the weights of all sum up to the number of sequences.</summary>
    private static (float[] Weights, int Sequences) PerExample(int[] sequence)
    {
        var weights = new float[sequence.Length];
        var (begin, sequences) = (0, 0);
        for (var end = 1; end <= sequence.Length; end++)
        {
            if (end < sequence.Length && sequence[end] == sequence[begin])
                continue;
            weights.AsSpan(begin..end).Fill(1f / (end - begin));
            (begin, sequences) = (end, sequences + 1);
        }

        return (weights, sequences);
    }
}

/// <summary>The places of a batch from which a next token is to be predicted. Only they reach the vocabulary: no logits are computed for a prompt's tokens or for padding.</summary>
/// <param name="Hidden">The hidden states, <c>[terms, hidden]</c>.</param>
/// <param name="Head">The projection to the vocabulary.</param>
/// <param name="Targets">The tokens to be predicted, int64 <c>[terms]</c>.</param>
/// <param name="Sequence">For each, the number of its sequence in the batch, ascending.</param>
internal sealed record NextTokens(Tensor Hidden, VocabularyHead Head, Tensor Targets, int[] Sequence)
{
    /// <summary>Runs a model over a batch.</summary>
    /// <param name="model">A decoder, or an encoder–decoder: that reads each sequence up to its answer, and writes the answer.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="answerOnly">Only where the next token belongs to an answer.</param>
    public static NextTokens Of(LanguageModel model, TokenBatch batch, bool answerOnly)
    {
        var (places, targets, sequence) = (new List<long>(), new List<long>(), new List<int>());
        Tensor hidden;
        VocabularyHead head;
        switch (model)
        {
            case Decoder { IsBidirectional: true }:
                throw new NotSupportedException("A decoder whose tokens see ahead predicts no next token.");
            case Decoder decoder:
                for (var s = 0; s < batch.Sequences.Count; s++)
                {
                    var (tokens, start) = (batch.Sequences[s].Sequence, batch.Sequences[s].Start);
                    for (var i = 1; i < tokens.Ids.Length; i++)
                        if (tokens.Answer[i] || !answerOnly)
                            Add(start + i - 1, tokens.Ids[i], s);
                }

                (hidden, head) = (batch.Hidden(decoder), decoder.Head);
                break;
            case EncoderDecoder both when answerOnly:
                int[][] given = [.. batch.Sequences.Select(s => s.Given.ToArray())],
                    written = [.. batch.Sequences.Select(s => s.Written.ToArray())];
                var (read, real) = Rows.Pad(given, batch.Padding, model.Device);
                var (begun, _) = Rows.Pad([.. written.Select(w => (int[])[both.Start, .. w.SkipLast(1)])], batch.Padding, model.Device);
                for (var s = 0; s < written.Length; s++)
                for (var i = 0; i < written[s].Length; i++)
                    Add(s * begun.size(1) + i, written[s][i], s);
                (hidden, head) = (both.Hidden(both.Encode(read, real), begun), both.Head);
                break;
            case EncoderDecoder:
                throw new NotSupportedException(
                    $"The objective causal_lm is for decoders; a {model.Config.ModelType} reads one text and writes another: use supervised."
                );
            default:
                throw new NotSupportedException(
                    $"A {model.Config.ModelType} writes no text; use masked_lm, classification, token_classification or contrastive."
                );
        }

        var chosen = hidden.reshape(-1, hidden.size(-1)).index_select(0, tensor(places.ToArray(), device: model.Device));
        return new NextTokens(chosen, head, tensor(targets.ToArray(), device: model.Device), [.. sequence]);

        void Add(long place, long target, int of)
        {
            places.Add(place);
            targets.Add(target);
            sequence.Add(of);
        }
    }
}

/// <summary>What a loss is averaged over.</summary>
public enum Average
{
    /// <summary>Tokens: a long answer weighs more than a short one.</summary>
    Tokens,

    /// <summary>Examples: an answer weighs the same however long it is, so that tasks with short answers are not drowned by the others.</summary>
    Examples,
}
