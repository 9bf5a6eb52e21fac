using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Selecting;

/// <summary>Those with the greatest number: a count or a share of all, or of those of each label.</summary>
[Keyword("top")]
public sealed record Top : Selection, IValidatableObject
{
    /// <summary>The number.</summary>
    [DefaultValue("score")]
    public KeptNumber By { get; init; } = KeptNumber.Score;

    /// <summary>How many.</summary>
    [Range(1, int.MaxValue)]
    public int? Count { get; init; }

    /// <summary>Which share of them, rounded up.</summary>
    [Range(0.0, 1.0)]
    public double? Share { get; init; }

    /// <summary>What each value of gets its own, as <c>sky</c>: an expression over the fields. Default: nothing; they are one.</summary>
    public TextExpression? Per { get; init; }

    /// <summary>Whether the least are wanted instead, as of perplexities.</summary>
    public bool Lowest { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Choose(StepContext step, DslTask task, IReadOnlyList<Example> pool)
    {
        ArgumentNullException.ThrowIfNull(pool);
        double[] numbers = [.. pool.Select(example => Lowest ? -By.Of(example) : By.Of(example))];
        return
        [
            .. pool.Index()
                .GroupBy(example => Per?.Of(example.Item) ?? "", StringComparer.Ordinal)
                .SelectMany(group =>
                    group
                        .Select(example => example.Index)
                        .OrderByDescending(i => numbers[i])
                        .Take(Count is { } count ? AtMost(step, count, group.Count()) : OfShare(Share!.Value, group.Count()))
                )
                .OrderByDescending(i => numbers[i])
                .ThenBy(i => i),
        ];
    }

    /// <summary>A share of so many, rounded up.</summary>
    internal static int OfShare(double share, int all)
    {
        const double Rounding = 1e-9; // 0.07 of 100 is 7.000000000000001 in floating point, and means 7.
        return (int)Math.Ceiling(share * all - Rounding);
    }

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Count is null == Share is null)
            yield return new ValidationResult("give either a count or a share", ["count"]);
    }
}
