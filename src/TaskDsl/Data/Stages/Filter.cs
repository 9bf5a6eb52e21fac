using System.Runtime.CompilerServices;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>Keeps the examples for which a condition holds: <c>filter: clause.size &gt; 20 &amp;&amp; type != 'delivery'</c>.</summary>
[Keyword("filter")]
public sealed record Filter : Stage
{
    /// <summary>The condition.</summary>
    [Shorthand]
    public required Condition Where { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var reason = $"filter: not {Where}";
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (Where.Of(example))
                yield return example;
            else
                context.Drop(example, reason);
        }
    }
}
