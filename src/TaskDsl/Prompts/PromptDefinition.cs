using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Prompts;

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

/// <summary>A prompt's messages in one language.</summary>
public sealed record PromptLanguage
{
    /// <summary>The system message, a template over the input's fields. Default: none.</summary>
    public string? System { get; init; }

    /// <summary>The user message, one template per phrasing: training draws among them, evaluation uses the first.</summary>
    public required IReadOnlyList<string> User { get; init; }

    /// <summary>The assistant message: a template that ends with <c>{{ output }}</c>; what stands before belongs to the prompt. Default: <c>{{ output }}</c>.</summary>
    public string Assistant { get; init; } = "{{ output }}";
}
