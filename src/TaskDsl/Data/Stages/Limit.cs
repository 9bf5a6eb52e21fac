using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>Keeps the first so many examples.</summary>
[Keyword("limit")]
public sealed record Limit : Stage
{
    /// <summary>How many.</summary>
    [Shorthand, Range(1, int.MaxValue)]
    public required int Count { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var kept = 0;
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            // The rest is read all the same: what is left out is counted.
            if (kept < Count)
            {
                kept++;
                yield return example;
            }
            else
            {
                context.Drop(example, $"beyond the limit of {Count}");
            }
        }
    }
}
