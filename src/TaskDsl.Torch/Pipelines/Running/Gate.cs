using System.Globalization;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Whether what was expected holds.</summary>
/// <param name="Text">The expectation as it is written.</param>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Words">Why, in words.</param>
public sealed record Gate(string Text, bool Holds, string Words)
{
    private const double Level = 0.05;

    internal static Gate Of(Expectation expected, IReadOnlyDictionary<string, PlannedStep> steps)
    {
        var (left, right) = (Measured.Of(expected.Left, steps), Measured.Of(expected.Right, steps));
        var values = $"{Round(left.Value)} against {Round(right.Value)}";
        if ((left.Obstacle ?? right.Obstacle) is { } missing)
            return new Gate(expected.Text, false, missing);
        if (expected.IsBare)
            return new Gate(expected.Text, left.Value > right.Value, values);
        if (
            left.Seeds.Count > 1
            && left.Seeds.Keys.Order(StringComparer.Ordinal).SequenceEqual(right.Seeds.Keys.Order(StringComparer.Ordinal))
        )
            return BySeed(expected.Text, left.Seeds, right.Seeds, values);
        if ((left.TooFew ?? right.TooFew) is { } few)
            return new Gate(expected.Text, false, $"{values}: {few}");
        return left.Resampled is { } a && right.Resampled is { } b
            ? Paired(expected.Text, left, right, a, b, values)
            : Interval(expected.Text, left, right, values);
    }

    /// <summary>The share of test sets, drawn anew for both alike, in which the difference vanishes or turns round.</summary>
    private static Gate Paired(string text, Measured left, Measured right, double[] a, double[] b, string values)
    {
        if (!left.Origins.SequenceEqual(right.Origins))
            return new Gate(text, false, $"{values}: they were measured on different examples, and cannot be paired");
        double[] differences = [.. a.Zip(b, (x, y) => x - y).Where(d => !double.IsNaN(d))];
        var p = (1.0 + differences.Count(d => d <= 0)) / (1 + differences.Length);
        return new Gate(text, p < Level, $"{values}, p = {p.ToString("0.000", CultureInfo.InvariantCulture)} (paired, one-sided)");
    }

    private static Gate BySeed(
        string text,
        IReadOnlyDictionary<string, double> left,
        IReadOnlyDictionary<string, double> right,
        string values
    )
    {
        var p = SeedTest.P([.. left.Select(seed => seed.Value - right[seed.Key])]);
        return new Gate(text, p < Level, $"{values}, p = {Round(p)} (paired by {left.Count} seeds, t-test, one-sided)");
    }

    private static Gate Interval(string text, Measured left, Measured right, string values)
    {
        var (low, high) = Bootstrap.Interval(left.Resampled ?? right.Resampled!);
        var holds = left.Resampled is null ? left.Value > high : low > right.Value;
        return new Gate(text, holds, $"{values}, interval {Round(low)} to {Round(high)}");
    }

    private static string Round(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>One side: its value, and what chance may make of it.</summary>
    private sealed record Measured(double Value, double[]? Resampled, IReadOnlyList<string> Origins)
    {
        /// <summary>Why there is no value.</summary>
        public string? Obstacle { get; private init; }

        /// <summary>Why nothing can be said beyond the value.</summary>
        public string? TooFew { get; private init; }

        /// <summary>Where seeds are swept, the mean of each.</summary>
        public IReadOnlyDictionary<string, double> Seeds { get; private init; } = new Dictionary<string, double>();

        /// <summary>A side: a number, a column, or the mean of a sweep's.</summary>
        public static Measured Of(Expectation.Side side, IReadOnlyDictionary<string, PlannedStep> steps)
        {
            if (side.Path is not [var step, var column, .., var metric])
                return new Measured(side.Number, null, []);
            if (TableColumns.Of(side.Path, steps.Values) is not { } found)
                return Nothing($"{side.Text}: the step '{step}' has no column '{column}'");
            var all = found.Columns.Select(c => (c.Seed, Side: OfReport(side, c.Report, found.Within, metric))).ToList();
            if (all is [var (_, only)] || (only = all.Find(c => c.Side.Obstacle is not null).Side) is not null)
                return only;
            var resamples = all.Min(c => c.Side.Resampled!.Length);
            return new Measured(
                all.Average(c => c.Side.Value),
                [.. Enumerable.Range(0, resamples).Select(k => all.Average(c => c.Side.Resampled![k]))],
                all.TrueForAll(c => c.Side.Origins.SequenceEqual(all[0].Side.Origins))
                    ? all[0].Side.Origins
                    : [.. all.SelectMany(c => c.Side.Origins)]
            )
            {
                TooFew = all.Select(c => c.Side.TooFew).FirstOrDefault(few => few is not null),
                Seeds = all.Where(c => c.Seed.Length > 0)
                    .GroupBy(c => c.Seed)
                    .ToDictionary(seed => seed.Key, seed => seed.Average(c => c.Side.Value)),
            };
        }

        private static Measured OfReport(Expectation.Side side, EvaluationReport report, string[] within, string metric)
        {
            var tasks = report.Tasks.Where(t => within.All(part => part == t.Task || part == t.Prompt || part == t.Language)).ToList();
            var scores = tasks.Select(t => t.Metrics.FirstOrDefault(m => m.Metric == metric)).ToList();
            if (scores.Count == 0 || scores.Contains(null))
                return Nothing(
                    $"{side.Text}: {metric} was not measured {(within.Length == 0 ? "on all tasks" : $"for {string.Join(", ", within)}")}"
                );
            // A task weighs the same in however many languages it was asked.
            var weights = tasks
                .Select(t => 1.0 / tasks.Count(other => other.Task == t.Task) / tasks.DistinctBy(x => x.Task).Count())
                .ToList();
            var resamples = scores.Min(s => s!.Resampled.Count);
            return new Measured(
                scores.Zip(weights, (s, w) => s!.Value * w).Sum(),
                [.. Enumerable.Range(0, resamples).Select(k => scores.Zip(weights, (s, w) => s!.Resampled[k] * w).Sum())],
                [.. tasks.SelectMany(t => t.Answers.Select(a => $"{t.Task} {t.Language} {a.Origin}"))]
            )
            {
                TooFew =
                    tasks.Sum(t => t.Examples) < Significance.FewestExamples || resamples == 0
                        ? $"too few examples to tell (fewer than {Significance.FewestExamples})"
                        : null,
            };
        }

        private static Measured Nothing(string obstacle) => new(double.NaN, null, []) { Obstacle = obstacle };
    }
}
