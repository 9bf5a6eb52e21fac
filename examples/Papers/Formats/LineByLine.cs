using TaskDsl.Prompts;
using TaskDsl.Vocabulary;

namespace Papers.Formats;

/// <summary>
/// A message a line, the answer's too: worked examples are a text of pairs, as those that a bed has read. The answer ends with end-of-text.
/// </summary>
[Keyword("line_by_line"), Revision(1)]
public sealed record LineByLine : ChatFormat
{
    /// <inheritdoc/>
    public override void BeginMessage(PromptBuffer buffer, Role role)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        buffer.Begin(SegmentKind.Prompt);
    }

    /// <inheritdoc/>
    public override void EndMessage(PromptBuffer buffer, Role role, bool answer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (answer)
        {
            buffer.AppendEndOfText(answer: true);
            return;
        }

        buffer.Begin(SegmentKind.Prompt);
        buffer.Append("\n"u8);
    }
}
