namespace TaskDsl.Torch.Evaluation;

/// <summary>What a model's answers are worth, per task and language.</summary>
/// <param name="Tasks">One entry per prompt and language.</param>
public sealed record EvaluationReport(IReadOnlyList<TaskReport> Tasks)
{
    /// <summary>No measurement.</summary>
    public static EvaluationReport Empty { get; } = new([]);

    /// <summary>The score of a metric, or null where it was not measured.</summary>
    public MetricScore? this[string prompt, string language, string metric] =>
        Tasks.FirstOrDefault(t => t.Prompt == prompt && t.Language == language)?.Metrics.FirstOrDefault(m => m.Metric == metric);

    /// <summary>The scores as text, a line for each prompt and language.</summary>
    public override string ToString() => string.Join('\n', Tasks);
}
