using TaskDsl.Tasks;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What is known of a step by its verb.</summary>
internal static class PipelineGraph
{
    /// <summary>The task of the examples that a step makes.</summary>
    public static DslTask? TaskOf(PipelineStep step) => step.Verb.GetType().GetProperty("Task")?.GetValue(step.Verb) as DslTask;
}
