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
        if ((left.TooFew ?? right.TooFew) is { } few)
            return new Gate(expected.Text, false, $"{values}: {few}");
        if (!AreMatched(left.Samples, right.Samples))
            return new Gate(expected.Text, false, $"{values}: they were measured on different examples, and cannot be paired");
        if (left.Seeds.Count > 1 && left.Seeds.Keys.ToHashSet().SetEquals(right.Seeds.Keys))
            return BySeed(expected.Text, left.Seeds, right.Seeds, values);
        return left.Resampled is { } a && right.Resampled is { } b
            ? Paired(expected.Text, a, b, values)
            : Interval(expected.Text, left, right, values);
    }

    /// <summary>Whether what is drawn anew is drawn alike for both sides: each set of examples stands on both, or there is one.</summary>
    private static bool AreMatched(IReadOnlyList<IReadOnlyList<string>> left, IReadOnlyList<IReadOnlyList<string>> right)
    {
        HashSet<string> a = [.. left.Select(Joined)],
            b = [.. right.Select(Joined)];
        return a.Count > 0 && b.Count > 0 ? a.SetEquals(b) : a.Count + b.Count == 1;

        static string Joined(IReadOnlyList<string> origins) => string.Join('\n', origins);
    }

    /// <summary>The share of test sets, drawn anew for both alike, in which the difference vanishes or turns round.</summary>
    private static Gate Paired(string text, double[] a, double[] b, string values)
    {
        double[] differences = [.. a.Zip(b, (x, y) => x - y).Where(d => !double.IsNaN(d))];
        var p = (1.0 + differences.Count(d => d <= 0)) / (1 + differences.Length);
        var (low, high) = Bootstrap.Interval(differences);
        var difference = $"difference {Round(low)} to {Round(high)}";
        return new Gate(text, p < Level, $"{values}, {difference}, p = {Round(p)} (paired, one-sided)");
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

    /// <summary>One side: its value, what chance may make of it, and the examples that each of its paths was measured on.</summary>
    private sealed record Measured(double Value, double[]? Resampled, IReadOnlyList<IReadOnlyList<string>> Samples)
    {
        /// <summary>Why there is no value.</summary>
        public string? Obstacle { get; private init; }

        /// <summary>Why nothing can be said beyond the value.</summary>
        public string? TooFew { get; private init; }

        /// <summary>Where seeds are swept, the value of each.</summary>
        public IReadOnlyDictionary<string, double> Seeds { get; private init; } = new Dictionary<string, double>();

        public static Measured Of(Expectation.Side side, IReadOnlyDictionary<string, PlannedStep> steps)
        {
            List<Measured> terms = [.. side.Terms.Select(term => Of(term, steps).Times(term.Factor))];
            var resampled = terms.Select(term => term.Resampled).OfType<double[]>().ToList();
            return new Measured(
                terms.Sum(term => term.Value),
                resampled.Count == 0
                    ? null
                    :
                    [
                        .. Enumerable
                            .Range(0, resampled.Min(r => r.Length))
                            .Select(k => terms.Sum(term => term.Resampled?[k] ?? term.Value)),
                    ],
                [.. terms.SelectMany(term => term.Samples)]
            )
            {
                Obstacle = terms.Select(term => term.Obstacle).FirstOrDefault(obstacle => obstacle is not null),
                TooFew = terms.Select(term => term.TooFew).FirstOrDefault(few => few is not null),
                Seeds = SeedsOf(terms),
            };
        }

        /// <summary>Sums of one seed each, where all that is measured was swept over the same; numbers are added to each.</summary>
        private static Dictionary<string, double> SeedsOf(IReadOnlyList<Measured> terms)
        {
            var swept = terms.Where(term => term.Resampled is not null).ToList();
            var numbers = terms.Where(term => term.Resampled is null).Sum(term => term.Value);
            return swept.Count > 0 && swept.TrueForAll(term => term.Seeds.Keys.ToHashSet().SetEquals(swept[0].Seeds.Keys))
                ? swept[0].Seeds.Keys.ToDictionary(seed => seed, seed => numbers + swept.Sum(term => term.Seeds[seed]))
                : [];
        }

        private Measured Times(double factor) =>
            this with
            {
                Value = factor * Value,
                Resampled = Resampled is null ? null : [.. Resampled.Select(value => factor * value)],
                Seeds = Seeds.ToDictionary(seed => seed.Key, seed => factor * seed.Value),
            };

        /// <summary>A term: a number, a column, or the mean of a sweep's.</summary>
        private static Measured Of(Expectation.Term term, IReadOnlyDictionary<string, PlannedStep> steps)
        {
            if (term.Path is not [var step, var column, .., var metric])
                return new Measured(1, null, []); // The number itself is the factor.
            if (ExpectedColumns.Of(term.Path, steps.Values) is not { Columns.Count: > 0 } found)
                return Nothing($"{term.Text}: the step '{step}' has no column '{column}'");
            var all = found.Columns.Select(c => (c.Seed, Score: TableScore.Of(c.Reports, metric))).ToList();
            if (all.Exists(c => c.Score is null))
                return Nothing(
                    $"{term.Text}: {metric} was not measured "
                        + (found.Within.Length == 0 ? "on all tasks" : $"for {string.Join(", ", found.Within)}")
                );
            var scores = all.ConvertAll(c => c.Score!);
            return new Measured(
                scores.Average(score => score.Value),
                [.. Enumerable.Range(0, scores.Min(s => s.Resampled.Count)).Select(k => scores.Average(score => score.Resampled[k]))],
                [.. scores.Select(score => score.Origins).DistinctBy(origins => string.Join('\n', origins))]
            )
            {
                TooFew = scores.Select(TooFewOf).FirstOrDefault(few => few is not null),
                Seeds = all.Where(c => c.Seed.Length > 0)
                    .GroupBy(c => c.Seed)
                    .ToDictionary(seed => seed.Key, seed => seed.Average(c => c.Score!.Value)),
            };
        }

        private static string? TooFewOf(TableScore score) =>
            score.Examples < Significance.FewestExamples ? $"too few examples to tell (fewer than {Significance.FewestExamples})"
            : score.Resampled.Count == 0 ? "what chance makes of it is not known; compare the bare value, by ~>"
            : null;

        private static Measured Nothing(string obstacle) => new(double.NaN, null, []) { Obstacle = obstacle };
    }
}
