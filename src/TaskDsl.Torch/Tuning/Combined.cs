using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Several adapters at once. Where two act on one map, each stands on those before it. PEFT has no such layout; this one is ours, in the
/// same two files.
/// </summary>
/// <remarks>Its type in <c>adapter_config.json</c> is <c>COMBINED</c>. It can be merged if all parts can.</remarks>
[Keyword("combined"), Peft("COMBINED")]
public sealed record Combined : AdapterMethod
{
    /// <summary>The adapters.</summary>
    [Length(2, 16), Stored("parts")]
    public required IReadOnlyList<TuningMethod> Parts { get; init; }

    private IEnumerable<(int? Number, AdapterMethod Method)> Numbered =>
        Parts.Select(
            (part, i) =>
                part is AdapterMethod method
                    ? (Parts.Take(i).Any(other => other.GetType() == part.GetType()) ? i : (int?)null, method)
                    : throw new MisfitException("tuning.combined: a part trains the model's own weights; only adapters can be combined.")
        );

    /// <inheritdoc/>
    public override bool StandsOnFewBits => Parts.All(part => part is AdapterMethod { StandsOnFewBits: true });

    /// <inheritdoc/>
    public override void Add(Adapter adapter, AdapterWeights weights)
    {
        foreach (var (number, part) in Numbered)
            part.Add(adapter, weights.Part(part, number));
    }

    /// <inheritdoc/>
    public override double LearningRateFactor(string name) =>
        Numbered
            .Where(part =>
                part.Number is { } i
                    ? name.StartsWith($"part{i}.", StringComparison.Ordinal)
                    : !name.StartsWith("part", StringComparison.Ordinal)
            )
            .Aggregate(1.0, (factor, part) => factor * part.Method.LearningRateFactor(name));
}
