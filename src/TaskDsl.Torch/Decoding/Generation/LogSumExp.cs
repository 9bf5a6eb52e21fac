using System.Numerics;

namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>log Σ exp: what scores must be lowered by to be the logarithms of probabilities.</summary>
public static class LogSumExp
{
    /// <summary>Of some scores; of none, −∞.</summary>
    public static double Of(ReadOnlySpan<float> scores)
    {
        if (scores.IsEmpty)
            return double.NegativeInfinity;
        var highest = scores[0];
        foreach (var score in scores)
            highest = Math.Max(highest, score);
        if (scores.Length == 1 || float.IsInfinity(highest))
            return highest;
        // In vectors: for a free text, these are as many as the vocabulary, at each token of each answer.
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= scores.Length - Vector<float>.Count; i += Vector<float>.Count)
            sums += Vector.Exp(new Vector<float>(scores[i..]) - new Vector<float>(highest));
        double sum = Vector.Sum(sums);
        for (; i < scores.Length; i++)
            sum += Math.Exp(scores[i] - highest);
        return highest + Math.Log(sum);
    }
}
