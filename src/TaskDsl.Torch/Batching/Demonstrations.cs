using TaskDsl.Tasks;

namespace TaskDsl.Torch.Batching;

/// <summary>Worked examples that are shown before a question, drawn from the training split in the question's language.</summary>
/// <param name="pool">The training split.</param>
/// <param name="count">How many are shown.</param>
/// <param name="seed">The run's seed.</param>
public sealed class Demonstrations(IEnumerable<Example> pool, int count, int seed)
{
    private readonly Dictionary<string, Example[]> byLanguage =
        count == 0 ? [] : pool.GroupBy(e => e.Language).ToDictionary(g => g.Key, g => g.ToArray());

    /// <summary>How many are shown.</summary>
    public int Count => count;

    /// <summary>The examples that a measurement shows: the same for every question of a language.</summary>
    public Example[] Fixed(string language) => Of(language, null, new Draw(seed, Draw.Seed("demonstrations")));

    internal Example[] Of(string language, Example? question, Draw draw)
    {
        if (!byLanguage.TryGetValue(language, out var pool)) return [];
        var chosen = new List<Example>(count);
        var wanted = Math.Min(count, pool.Length - (question is null ? 0 : pool.Count(e => ReferenceEquals(e, question))));
        while (chosen.Count < wanted)
        {
            var candidate = pool[draw.Below(pool.Length)];
            if (!ReferenceEquals(candidate, question) && !chosen.Exists(e => ReferenceEquals(e, candidate))) chosen.Add(candidate);
        }

        return [.. chosen];
    }
}
