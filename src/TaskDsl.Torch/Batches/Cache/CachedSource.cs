using TaskDsl.Torch.Batches.Sources;

namespace TaskDsl.Torch.Batches.Cache;

/// <summary>
/// A task's examples whose tokens lie in a <see cref="TokenCache"/>: tokenised once for each pass that differs from the others.
/// </summary>
/// <param name="source">The examples.</param>
/// <param name="cache">Where the tokens lie.</param>
public sealed class CachedSource(TaskSource source, TokenCache cache) : TokenSource, IDisposable
{
    /// <summary>How many examples are tokenised again to see that the cache holds what they give.</summary>
    private const int Samples = 16;

    private readonly Dictionary<int, TokenFile> passes = [];
    private readonly Lock building = new();

    /// <inheritdoc/>
    public override string Name => source.Name;

    /// <inheritdoc/>
    public override int Count => source.Count;

    /// <inheritdoc/>
    public override double Weight => source.Weight;

    /// <inheritdoc/>
    public override TokenGroup Encode(int index, int pass) => Tokens(pass).Read(index, source.OriginOf);

    /// <inheritdoc/>
    public override TokenLength Measure(int index, int pass) => Tokens(pass).Measure(index);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in passes.Values)
            file.Dispose();
        source.Dispose();
    }

    private TokenFile Tokens(int pass)
    {
        if (source.IsSameInEachPass)
            pass = 0;
        lock (building)
        {
            if (!passes.TryGetValue(pass, out var file))
                passes.Add(
                    pass,
                    file = cache.Open(
                        source.Ingredients(pass),
                        known => IsRight(known, pass),
                        () => Blocks.OnAllCores(Count, (from, to) => Encode(pass, from, to))
                    )
                );
            return file;
        }
    }

    private TokenBlock Encode(int pass, int from, int to)
    {
        var block = new TokenBlock();
        foreach (var group in source.Encode(from, to, pass))
            block.Add(group, from++);
        return block;
    }

    private bool IsRight(TokenFile file, int pass) =>
        file.Count == Count
        && Enumerable
            .Range(0, Math.Min(Samples, Count))
            .Select(i => (int)((long)i * Count / Samples % Count))
            .All(i => Same(file.Read(i, source.OriginOf), source.Encode(i, pass)));

    private static bool Same(TokenGroup a, TokenGroup b) =>
        a.Sequences.Count == b.Sequences.Count
        && a.Weight == b.Weight
        && a.Sequences.Zip(b.Sequences).All(s => s.First.IsLike(s.Second) && s.First.Terms == s.Second.Terms);
}
