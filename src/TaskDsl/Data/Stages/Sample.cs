using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Keeps a random part of the examples, in their order: <c>sample: 0.1</c>, <c>sample: {count: 1000}</c>. What is drawn depends on the
/// inputs and the seed alone: equal inputs are drawn together by a fraction, and a smaller sample is part of a larger one.
/// </summary>
/// <remarks>24 bytes of memory are taken for each example that <c>count</c> keeps.</remarks>
[Keyword("sample")]
public sealed record Sample : Stage
{
    private const string NotDrawn = "not in the sample";

    /// <summary>The share that is kept.</summary>
    [Shorthand, Range(0.0, 1.0)]
    public double Fraction { get; init; } = 1;

    /// <summary>The most examples that are kept. Default: no limit.</summary>
    [Range(1, int.MaxValue)]
    public int? Count { get; init; }

    /// <summary>Another seed gives another sample.</summary>
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var hash = new ExampleHash(context.Task);
        using var drawn = Count is null ? null : new ExampleFile<T>(context.Task);
        // The largest numbers come out first: of as many as are wanted, they are the least wanted.
        var wanted = new PriorityQueue<int, (ulong Number, int Index)>(Comparer<(ulong, int)>.Create((a, b) => b.CompareTo(a)));
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var number = hash.Draw(example, "sample", Seed);
            if (number / (ulong.MaxValue + 1.0) >= Fraction)
            {
                context.Drop(example, NotDrawn);
                continue;
            }

            if (drawn is null)
            {
                yield return example;
                continue;
            }

            if (wanted.Count == Count && wanted.TryPeek(out var last, out var largest))
            {
                if (largest.Number <= number)
                {
                    context.Drop(example, NotDrawn);
                    continue;
                }

                wanted.Dequeue();
                context.Drop(drawn.OriginOf(last), NotDrawn);
            }

            wanted.Enqueue(drawn.Count, (number, drawn.Count));
            drawn.Add(example);
        }

        int[] kept = [.. wanted.UnorderedItems.Select(item => item.Element).Order()];
        foreach (var index in kept)
            yield return drawn![index];
    }
}
