using System.ComponentModel.DataAnnotations;
using TaskDsl.Prompts;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Recipes;

/// <summary>One task's place in a run's mixture, named by the prompt that puts it to the model.</summary>
public sealed record TaskShare
{
    /// <summary>The prompt; it says which task.</summary>
    [Shorthand]
    public required Prompt Prompt { get; init; }

    /// <summary>How often the task's examples are drawn, relative to the others. 0 leaves them to a new model's tokenizer, which learns from the examples of all tasks.</summary>
    [Range(0.0, 1e6)]
    public double Weight { get; init; } = 1.0;
}
