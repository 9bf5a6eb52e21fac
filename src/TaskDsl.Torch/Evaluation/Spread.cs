namespace TaskDsl.Torch.Evaluation;

/// <summary>What some numbers have in common, and how far they lie apart.</summary>
public static class Spread
{
    /// <summary>The middle one, or the mean of the two in the middle.</summary>
    public static double Median(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] ordered = [.. values.Order()];
        var middle = ordered.Length / 2;
        return ordered.Length == 0 ? double.NaN
            : ordered.Length % 2 == 1 ? ordered[middle]
            : (ordered[middle - 1] + ordered[middle]) / 2;
    }

    /// <summary>The standard deviation of a sample; not a number for fewer than two values.</summary>
    public static double Deviation(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count < 2)
            return double.NaN;
        var mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}
