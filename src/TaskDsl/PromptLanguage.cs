namespace TaskDsl;

/// <summary>A prompt's messages in one language.</summary>
public sealed record PromptLanguage
{
    /// <summary>The system message, a template over the input's fields. Default: none.</summary>
    public string? System { get; init; }

    /// <summary>The user message, one template per phrasing: training draws among them, evaluation uses the first.</summary>
    public required IReadOnlyList<string> User { get; init; }

    /// <summary>
    /// The assistant message: a template that ends with <c>{{ output }}</c>; what stands before belongs to the prompt. Default: <c>{{
    /// output }}</c>.
    /// </summary>
    public string Assistant { get; init; } = "{{ output }}";
}
