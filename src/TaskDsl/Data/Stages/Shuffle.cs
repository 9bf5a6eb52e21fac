using System.Runtime.CompilerServices;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Puts the examples into a random order, so that a <c>limit</c> behind it takes from everywhere. They lie on the disk meanwhile; the order
/// takes 12 bytes of memory an example.
/// </summary>
[Keyword("shuffle")]
public sealed record Shuffle : Stage
{
    /// <summary>Another seed gives another order.</summary>
    [Shorthand]
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var file = new ExampleFile<T>(context.Task);
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
            file.Add(example);

        var (numbers, order) = (new ulong[file.Count], new int[file.Count]);
        for (var i = 0; i < order.Length; i++)
            (numbers[i], order[i]) = (Draw(i), i);
        Array.Sort(numbers, order);
        foreach (var index in order)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return file[index];
        }
    }

    // SplitMix64 (Steele et al. 2014): one to one, so no two examples draw the same number.
    private ulong Draw(int index)
    {
        var z = ((ulong)(uint)Seed << 32 | (uint)index) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
