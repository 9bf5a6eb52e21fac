namespace TaskDsl.Torch.Evaluation;

/// <summary>
/// Whether answers are right as often as the model believes (Guo et al. 2017, arXiv 1706.04599): the answers lie in bins of equal width by
/// their confidence, and the expected calibration error is Σ |bin| / n · |share right − mean confidence|.
/// </summary>
/// <param name="Bins">The bins that are not empty, from the lowest.</param>
public sealed record Calibration(IReadOnlyList<CalibrationBin> Bins)
{
    /// <summary>Bins between 0 and 1.</summary>
    public const int BinCount = 10;

    /// <summary>Answers.</summary>
    public int Count => Bins.Sum(bin => bin.Count);

    /// <summary>The mean distance between confidence and share right, each answer weighing the same.</summary>
    public double ExpectedError => Bins.Sum(bin => bin.Count * Math.Abs(bin.Right - bin.Confidence)) / Count;

    /// <summary>The mean confidence of all answers.</summary>
    public double Confidence => Bins.Sum(bin => bin.Count * bin.Confidence) / Count;

    /// <summary>The share of all answers that are right.</summary>
    public double Right => Bins.Sum(bin => bin.Count * bin.Right) / Count;

    /// <summary>The answers that are as confident as one; null where there are none.</summary>
    public CalibrationBin? this[double confidence] => Bins.FirstOrDefault(bin => bin.Index == BinOf(confidence));

    /// <summary>Of all answers that have a confidence; null where none has.</summary>
    public static Calibration? Of(IEnumerable<AnswerMark> answers)
    {
        CalibrationBin[] bins =
        [
            .. answers
                .Where(a => a.Confidence is not null)
                .GroupBy(a => BinOf(a.Confidence!.Value))
                .OrderBy(g => g.Key)
                .Select(g => new CalibrationBin(g.Key, g.Count(), g.Average(a => a.Confidence!.Value), g.Average(a => a.Right ? 1.0 : 0))),
        ];
        return bins.Length == 0 ? null : new Calibration(bins);
    }

    // A bin holds its upper end, as in the paper: (m − 1)/M < confidence ≤ m/M. (0.7 · 10 is a little more than 7.)
    private static int BinOf(double confidence) => Math.Clamp((int)Math.Ceiling(Math.Round(confidence * BinCount, 9)) - 1, 0, BinCount - 1);
}
