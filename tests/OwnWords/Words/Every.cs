using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using TaskDsl.Data;
using TaskDsl.Vocabulary;

namespace OwnWords.Words;

/// <summary>Keeps each n-th example.</summary>
[Keyword("every")]
public sealed record Every : Stage
{
    /// <summary>How many examples make one.</summary>
    [Shorthand, Range(1, 1_000_000)]
    public int Nth { get; init; } = 2;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var number = 0;
        await foreach (var example in examples.WithCancellation(cancellationToken))
        {
            if (number++ % Nth == 0)
                yield return example;
            else
                context.Drop(example, $"every: not one of {Nth}");
        }
    }
}
