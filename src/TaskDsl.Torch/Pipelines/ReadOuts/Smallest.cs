using System.ComponentModel.DataAnnotations;
using System.Globalization;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.ReadOuts;

/// <summary>
/// The smallest setting whose score reaches a share of another column's, or of the best setting's: the intrinsic dimension d90 (Li et al.
/// 2018, arXiv 1804.08838), the shots or examples that suffice. Not a number where none does.
/// </summary>
[Keyword("smallest")]
public sealed record Smallest : ReadOut
{
    /// <summary>The setting, a coordinate whose values are numbers: <c>shots</c>.</summary>
    public required string Over { get; init; }

    /// <summary>The share that must be reached. Where less is better, so much of the other score must be enough.</summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.9;

    /// <summary>The column whose score is the whole, as <c>full</c> or <c>full[seed=1]</c>. Default: the best of the settings.</summary>
    public string? Against { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<TableCell> Read(IReadOnlyList<TableCell> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        var against = Against is null ? null : TablePath.Of(Against).Find(cells);
        foreach (var (place, settings) in Grouped(cells, Over))
        {
            var better = place.Score.HigherIsBetter;
            var whole = against is null
                ? (better ? settings.Max(c => c.Score.Value) : settings.Min(c => c.Score.Value))
                : against
                    .Where(c => (c.Task, c.Language) == (place.Task, place.Language))
                    .Select(c => c.Score.Value)
                    .DefaultIfEmpty(double.NaN)
                    .Average();
            var reached = settings
                .Select(c => (At: Number(c.At(Over)), c.Score.Value))
                .Where(c => better ? c.Value >= Share * whole : c.Value * Share <= whole)
                .Select(c => c.At);
            yield return place with
            {
                Score = new MetricScore("", reached.DefaultIfEmpty(double.NaN).Min(), double.NaN, double.NaN, false),
            };
        }
    }

    private double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new RunException($"'{Over}' has the value '{text}', which is no number: there is no smallest.");
}
