namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A pipeline that has run.</summary>
/// <param name="Steps">Its steps, in the order that they ran in; those that had a reason to have run now.</param>
/// <param name="Gates">What was expected, and whether it holds.</param>
public sealed record FinishedPipeline(IReadOnlyList<PlannedStep> Steps, IReadOnlyList<Gate> Gates);
