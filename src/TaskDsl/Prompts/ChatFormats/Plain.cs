using TaskDsl.Vocabulary;

namespace TaskDsl.Prompts.ChatFormats;

/// <summary>Messages as plain paragraphs, no special tokens: the answer follows a newline and ends with end-of-text.</summary>
[Keyword("plain")]
public sealed record Plain : ChatFormat
{
    /// <inheritdoc/>
    public override void BeginMessage(PromptBuffer buffer, Role role) => buffer.Begin(SegmentKind.Prompt);

    /// <inheritdoc/>
    public override void EndMessage(PromptBuffer buffer, Role role, bool answer)
    {
        if (role == Role.Assistant)
        {
            buffer.AppendEndOfText(answer);
            return;
        }

        buffer.Begin(SegmentKind.Prompt);
        buffer.Append("\n"u8);
    }
}
