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

    /// <summary>
    /// The messages per language tag of the task; every language of the task has an entry, unless <c>prompt_language</c> names the only
    /// one.
    /// </summary>
    public required IReadOnlyDictionary<string, PromptLanguage> Languages { get; init; }

    /// <summary>
    /// The language of the messages around examples of every language, as xP3 puts English prompts around all (arXiv 2211.01786). Fields,
    /// answers and the names of labels stay in the data's language. Default: the data's.
    /// </summary>
    public string? PromptLanguage { get; init; }

    /// <summary>Which worked examples of the training part are shown before the question; a number is how many. Default: none.</summary>
    public DemonstrationPlan Demonstrations { get; init; } = new();

    /// <summary>How the messages are laid out, unless the model says otherwise. Default: <c>plain</c>.</summary>
    public ChatFormat ChatFormat { get; init; } = new Plain();
}
