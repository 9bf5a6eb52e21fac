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

        public static Measured Of(Expectation.Side side, IReadOnlyDictionary<string, PlannedStep> steps)
        {
            if (side.Path is not [var step, var column, .., var metric])
                return new Measured(side.Number, null, []);
            var within = side.Within;
            if (steps.GetValueOrDefault(step)?.Table?.Find(column, side.Coordinates, within, metric) is not { } reports)
                return Nothing($"{side.Text}: the step '{step}' has no column '{column}'{Where(side.Coordinates)}");
            return TableScore.Of(reports, metric) is not { } score
                ? Nothing(
                    $"{side.Text}: {metric} was not measured {(within.Count == 0 ? "on all tasks" : $"for {string.Join(", ", within)}")}"
                )
                : new Measured(score.Value, [.. score.Resampled], score.Origins)
                {
                    TooFew =
                        score.Examples >= Significance.FewestExamples && score.Resampled.Count == 0
                            ? "what chance makes of it is not known; compare the bare value, by ~>"
                        : score.Examples < Significance.FewestExamples
                            ? $"too few examples to tell (fewer than {Significance.FewestExamples})"
                        : null,
                };
        }

        private static string Where(IReadOnlyList<string> coordinates) =>
            coordinates.Count == 0 ? "" : $" with {string.Join(", ", coordinates)}";

        private static Measured Nothing(string obstacle) => new(double.NaN, null, []) { Obstacle = obstacle };
    }
}
