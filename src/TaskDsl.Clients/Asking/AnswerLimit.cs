namespace TaskDsl.Clients.Asking;

/// <summary>The word by which a server of chat completions is told the most tokens of an answer.</summary>
public enum AnswerLimit
{
    /// <summary>OpenAI's own, which counts what a model thinks before it answers.</summary>
    MaxCompletionTokens,

    /// <summary>The older one, which Ollama and other servers know alone.</summary>
    MaxTokens,
}
