using System.Diagnostics.CodeAnalysis;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A task, and how it is put.</summary>
public sealed record PromptedTask
{
    /// <summary>A task by all its properties.</summary>
    public PromptedTask() { }

    /// <summary>The task of a prompt.</summary>
    [SetsRequiredMembers]
    public PromptedTask(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        (Task, Prompt) = (prompt.Task, prompt);
    }

    /// <summary>The task.</summary>
    [Shorthand]
    public required DslTask Task { get; init; }

    /// <summary>The prompt that puts the task to the model. It may be left out where the task has exactly one.</summary>
    [Sole(nameof(Task))]
    public required Prompt Prompt { get; init; }
}
