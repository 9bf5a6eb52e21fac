using System.Runtime.CompilerServices;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Keeps the first of several examples with the same input; one that repeats it with another answer is counted apart. Takes 15 to 30 bytes
/// of memory for each example kept; two inputs of ten million are taken for the same by mistake with a probability below 10⁻⁵.
/// </summary>
[Keyword("deduplicate")]
public sealed record Deduplicate : Stage
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var hash = new ExampleHash(context.Task);
        var seen = new HashIndex();
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var (input, whole) = (hash.OfInput(example), (uint)hash.OfExample(example));
            var first = seen.Find(input);
            if (first.MoveNext())
            {
                context.Drop(example, first.Current == whole ? "duplicate" : "duplicate input with another output");
                continue;
            }

            seen.Add(input, whole);
            yield return example;
        }
    }
}
