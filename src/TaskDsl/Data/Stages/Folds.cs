using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Takes one of so many folds, or leaves one out, for cross-fitting: what a model that was trained on the rest is asked, it has never seen.
/// Which fold an example is in depends on its input and the seed alone, so that equal inputs stay together.
/// </summary>
/// <remarks>
/// Swept over <c>fold: [1, 2, 3]</c>, one step <c>folds: {count: 3, leave_out: "${each.fold}"}</c> is what a model learns from and one
/// <c>folds: {count: 3, take: "${each.fold}"}</c> what it scores.
/// </remarks>
[Keyword("folds"), OneOf(nameof(Take), nameof(LeaveOut))]
public sealed record Folds : Stage, IValidatableObject
{
    /// <summary>How many folds there are.</summary>
    [Range(2, 1000)]
    public required int Count { get; init; }

    /// <summary>The fold that is taken, from 1.</summary>
    [Range(1, 1000)]
    public int? Take { get; init; }

    /// <summary>The fold that is left out, from 1.</summary>
    [Range(1, 1000)]
    public int? LeaveOut { get; init; }

    /// <summary>Another seed gives other folds.</summary>
    public int Seed { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((Take ?? LeaveOut) is { } fold && fold > Count)
            yield return new($"there is no fold {fold} of {Count}; they are counted from 1.", [Take is null ? "leave_out" : "take"]);
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var hash = new ExampleHash(context.Task);
        var reason = Take is { } taken ? $"not in fold {taken} of {Count}" : $"in fold {LeaveOut} of {Count}";
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var fold = (int)(hash.Draw(example, "folds", Seed) % (ulong)Count) + 1;
            if (Take is { } own ? fold == own : fold != LeaveOut)
                yield return example;
            else
                context.Drop(example, reason);
        }
    }
}
