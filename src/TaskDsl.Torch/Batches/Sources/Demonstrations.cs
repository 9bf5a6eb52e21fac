using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Draws;

namespace TaskDsl.Torch.Batches.Sources;

/// <summary>Worked examples that are shown before a question, drawn from the training split in the question's language.</summary>
/// <param name="pool">The training split.</param>
/// <param name="count">How many are shown.</param>
/// <param name="seed">The run's seed.</param>
public sealed class Demonstrations(IReadOnlyList<Example> pool, int count, int seed)
{
    private readonly Dictionary<string, int[]> byLanguage =
        count == 0
            ? []
            : Enumerable
                .Range(0, pool.Count)
                .GroupBy(i => pool is ExampleFile file ? file.LanguageOf(i) : pool[i].Language)
                .ToDictionary(g => g.Key, g => g.ToArray());

    /// <summary>How many are shown.</summary>
    public int Count => count;

    /// <summary>The seed that they are drawn with; 0 where there are none.</summary>
    internal int Seed => count == 0 ? 0 : seed;

    /// <summary>The examples that a measurement shows: the same for every question of a language.</summary>
    public Example[] Fixed(string language) => Of(language, null, new Draw(seed, Draw.Seed("demonstrations")));

    /// <summary>Whether these examples are those that demonstrations are drawn from.</summary>
    internal bool AreFrom(IReadOnlyList<Example> examples) => ReferenceEquals(pool, examples);

    /// <summary>Draws some.</summary>
    /// <param name="language">The question's language.</param>
    /// <param name="question">The question's number in the pool; null where it is not in it.</param>
    /// <param name="draw">Where they are drawn from.</param>
    internal Example[] Of(string language, int? question, Draw draw)
    {
        if (!byLanguage.TryGetValue(language, out var known))
            return [];
        var chosen = new List<int>(count);
        var wanted = Math.Min(count, known.Length - (question is null ? 0 : 1));
        while (chosen.Count < wanted)
        {
            var candidate = known[draw.Below(known.Length)];
            if (candidate != question && !chosen.Contains(candidate))
                chosen.Add(candidate);
        }

        return [.. chosen.Select(i => pool[i])];
    }
}
