namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>An example's score.</summary>
/// <param name="Score">The score; of an example that can have none, NaN.</param>
/// <param name="Why">Why it can have none: one of few reasons. Such examples are left out and counted.</param>
public readonly record struct ScoredExample(double Score, string? Why = null)
{
    /// <summary>No score.</summary>
    public static ScoredExample None(string why) => new(double.NaN, why);
}
