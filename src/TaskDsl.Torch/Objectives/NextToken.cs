using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>The cross-entropy of next tokens.</summary>
internal static class NextToken
{
    /// <summary>Only places that count reach the vocabulary: no logits are computed for a prompt's tokens or for padding.</summary>
    public static LossSum Loss(Decoder decoder, TokenBatch batch, bool answerOnly, Average average = Average.Tokens)
    {
        var places = batch.Predicting(answerOnly);
        var targets = new long[places.Length];
        for (var i = 0; i < places.Length; i++) targets[i] = batch.Ids[(int)places[i] + 1];
        var (weights, count) = average == Average.Tokens ? (Equal(places.Length), places.Length) : PerExample(batch, places);
        using var scope = NewDisposeScope();
        var hidden = batch.Hidden(decoder);
        var chosen = hidden.view([-1, hidden.size(-1)]).index_select(0, tensor(places, device: decoder.Device));
        var sum = HeadLoss.Sum(chosen, decoder.HeadWeight, tensor(targets, device: decoder.Device), tensor(weights, device: decoder.Device));
        return new LossSum(sum.MoveToOuterDisposeScope(), count);
    }

    private static float[] Equal(int count)
    {
        var weights = new float[count];
        Array.Fill(weights, 1);
        return weights;
    }

    /// <summary>Each token's weight is one over the tokens of its example; the weights of all sum up to the number of examples.</summary>
    private static (float[] Weights, int Examples) PerExample(TokenBatch batch, long[] places)
    {
        var weights = new float[places.Length];
        var (begin, examples) = (0, 0);
        for (var end = 1; end <= places.Length; end++)
        {
            if (end < places.Length && Example(places[end]) == Example(places[begin])) continue;
            weights.AsSpan(begin..end).Fill(1f / (end - begin));
            (begin, examples) = (end, examples + 1);
        }

        return (weights, examples);

        (long Row, long Segment) Example(long place) => (place / batch.Length, batch.Segments[(int)place]);
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
