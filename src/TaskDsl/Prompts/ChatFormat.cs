namespace TaskDsl.Prompts;

/// <summary>How messages are laid out as one text. Each format is one file with a <c>[Keyword]</c> record.</summary>
public abstract record ChatFormat
{
    /// <summary>The special tokens that the format writes: a tokeniser trained for it must have them.</summary>
    public virtual IReadOnlyList<string> SpecialTokens => [];

    /// <summary>
    /// Says everything that shapes what the format writes, so that two that write differently differ in it. Default: its words.
    /// </summary>
    public virtual string Fingerprint() => ToString();

    /// <summary>Writes what stands before the first message.</summary>
    /// <param name="buffer">Receives it.</param>
    /// <param name="hasSystem">Whether the first message is a system message.</param>
    public virtual void BeginConversation(PromptBuffer buffer, bool hasSystem) { }

    /// <summary>Writes what stands before a message's content. The content that follows is begun by the caller.</summary>
    public abstract void BeginMessage(PromptBuffer buffer, Role role);

    /// <summary>
    /// Writes what stands behind a message's content. Behind the answer that the model must produce
    /// (<paramref name="answer"/>) it includes what ends the model's turn, marked as answer.
    /// </summary>
    public abstract void EndMessage(PromptBuffer buffer, Role role, bool answer);

    /// <summary>
    /// Writes what ends the answer that the model must produce, alone: the token behind which a prediction stops. Default: what
    /// <see cref="EndMessage"/> writes.
    /// </summary>
    public virtual void EndAnswer(PromptBuffer buffer) => EndMessage(buffer, Role.Assistant, answer: true);

    /// <summary>
    /// Called behind the last message, answered or not: a format that can only lay out a conversation as a whole does it here.
    /// </summary>
    /// <param name="buffer">Holds the conversation.</param>
    /// <param name="start">Where it begins.</param>
    public virtual void EndConversation(PromptBuffer buffer, int start) { }
}
