using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>Prompts that must be of a step's task.</summary>
public static class TaskPrompts
{
    /// <summary>The prompt, which is for the task.</summary>
    /// <exception cref="RunException">It is for another.</exception>
    public static Prompt For(this Prompt prompt, DslTask task)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(task);
        return prompt.Task.Name == task.Name
            ? prompt
            : throw new RunException(
                $"the prompt '{prompt.Name}' is of the task '{prompt.Task.Name}', and this step is for the task '{task.Name}'."
            );
    }
}
