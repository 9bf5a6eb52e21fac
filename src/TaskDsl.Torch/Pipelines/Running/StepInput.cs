using TaskDsl.Data;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A record that a step is to answer.</summary>
/// <param name="Value">The input, of the task's input type.</param>
/// <param name="Language">Its language.</param>
/// <param name="Origin">Where it stands.</param>
public sealed record StepInput(object Value, string Language, RecordOrigin Origin);
