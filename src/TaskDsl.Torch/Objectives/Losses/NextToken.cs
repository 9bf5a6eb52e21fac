using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

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
