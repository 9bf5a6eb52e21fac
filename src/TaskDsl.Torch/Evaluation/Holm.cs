namespace TaskDsl.Torch.Evaluation;

/// <summary>
/// p-values of several comparisons, made greater so that under chance alone any of them is below 0.05 in one family of twenty (Holm 1979):
/// the i-th smallest of m becomes the largest, up to it, of (m − i + 1) · p, at most 1.
/// </summary>
public static class Holm
{
    /// <summary>The adjusted p-values, in the order of those given.</summary>
    public static IReadOnlyList<double> Adjust(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        var adjusted = new double[p.Count];
        var (left, most) = (p.Count, 0.0);
        foreach (var (index, value) in p.Index().OrderBy(one => one.Item))
            adjusted[index] = most = Math.Max(most, Math.Min(1, left-- * value));
        return adjusted;
    }
}
