using System.ComponentModel.DataAnnotations;
using TaskDsl.Prompts;
using TaskDsl.Prompts.ChatFormats;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl;

/// <summary>How an example of a task is put to a model. Templates are written in the Scriban language and compiled.</summary>
[Document("prompt")]
public sealed record PromptDefinition : Definition
{
    /// <summary>The task that the prompt is for.</summary>
    public required DslTask Task { get; init; }

    /// <summary>The messages per language tag of the task; every language of the task has an entry.</summary>
    public required IReadOnlyDictionary<string, PromptLanguage> Languages { get; init; }

    /// <summary>How many examples of the training split are shown before the question (few-shot). Default: 0.</summary>
    [Range(0, 64)]
    public int Demonstrations { get; init; }

    /// <summary>How the messages are laid out, unless the model says otherwise. Default: <c>plain</c>.</summary>
    public ChatFormat ChatFormat { get; init; } = new Plain();
}
