using TaskDsl.Torch.Batches.Sources;

namespace TaskDsl.Torch.Batches.Cache;

/// <summary>
/// A task's examples whose tokens lie in a <see cref="TokenCache"/>: tokenised once for each repetition that differs from the others.
/// </summary>
/// <param name="source">The examples.</param>
/// <param name="cache">Where the tokens lie.</param>
public sealed class CachedSource(TaskSource source, TokenCache cache) : TokenSource, IDisposable
{
    /// <summary>How many examples are tokenised again to see that the cache holds what they give.</summary>
    private const int Samples = 16;

    private readonly Dictionary<int, TokenFile> repetitions = [];
    private readonly Lock building = new();

    /// <inheritdoc/>
    public override string Name => source.Name;

    /// <inheritdoc/>
    public override int Count => source.Count;

    /// <inheritdoc/>
    public override void Prepare(int repetition) => Tokens(repetition);

    /// <inheritdoc/>
    public override TokenGroup Encode(int index, int repetition) => Tokens(repetition).Read(index, source.OriginOf);

    /// <inheritdoc/>
    public override TokenLength Measure(int index, int repetition) => Tokens(repetition).Measure(index);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in repetitions.Values)
            file.Dispose();
        source.Dispose();
    }

    private TokenFile Tokens(int repetition)
    {
        if (source.IsSameInEachRepetition)
            repetition = 0;
        lock (building)
        {
            if (!repetitions.TryGetValue(repetition, out var file))
                repetitions.Add(
                    repetition,
                    file = cache.Open(
                        source.Ingredients(repetition),
                        known => IsRight(known, repetition),
                        () => Blocks.OnAllCores(Count, (from, to) => Encode(repetition, from, to))
                    )
                );
            return file;
        }
    }

    private TokenBlock Encode(int repetition, int from, int to)
    {
        var block = new TokenBlock();
        foreach (var group in source.Encode(from, to, repetition))
            block.Add(group, from++);
        return block;
    }

    private bool IsRight(TokenFile file, int repetition) =>
        file.Count == Count
        && Enumerable
            .Range(0, Math.Min(Samples, Count))
            .Select(i => (int)((long)i * Count / Samples % Count))
            .All(i => Same(file.Read(i, source.OriginOf), source.Encode(i, repetition)));

    private static bool Same(TokenGroup a, TokenGroup b) =>
        a.Sequences.Count == b.Sequences.Count
        && a.Weight == b.Weight
        && a.Sequences.Zip(b.Sequences).All(s => s.First.IsLike(s.Second) && s.First.Terms == s.Second.Terms);
}
