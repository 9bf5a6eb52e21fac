using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Recipes;

/// <summary>A task of a recipe, and its place in the mixture.</summary>
public sealed record TaskShare
{
    /// <summary>A task by all its properties.</summary>
    public TaskShare() { }

    /// <summary>The task of a prompt.</summary>
    [SetsRequiredMembers]
    public TaskShare(Prompt prompt)
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

    /// <summary>
    /// How often the task's examples are drawn, relative to the others. 0 leaves them to a new model's tokenizer, which learns from the
    /// examples of all tasks.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Weight { get; init; } = 1.0;
}
