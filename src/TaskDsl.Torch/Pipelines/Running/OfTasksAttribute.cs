namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Says that texts are languages of the tasks that a step names in its other properties, or that tasks are some of these: the compiler
/// checks that they are.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OfTasksAttribute : Attribute;
