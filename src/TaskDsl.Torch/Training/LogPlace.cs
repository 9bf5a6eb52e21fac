namespace TaskDsl.Torch.Training;

/// <summary>How long a run's logs are.</summary>
/// <param name="Metrics">Bytes of <c>metrics.jsonl</c>.</param>
/// <param name="Times">Bytes of <c>times.jsonl</c>.</param>
public readonly record struct LogPlace(long Metrics, long Times);
