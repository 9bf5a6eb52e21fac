using System.Collections.Concurrent;

namespace TaskDsl.Torch.Evaluation;

/// <summary>What models have been measured to be worth, so that recipes that start from one model measure it once. Thread-safe.</summary>
public sealed class Measurements
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<TaskReport>> known = new(StringComparer.Ordinal);

    /// <summary>The reports of one task under a key that says everything that shapes them; null where there are none yet.</summary>
    internal IReadOnlyList<TaskReport>? this[string key]
    {
        get => known.GetValueOrDefault(key);
        set => known[key] = value!;
    }
}
