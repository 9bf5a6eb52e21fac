using TaskDsl.Vocabulary;

namespace TaskDsl.Prompts.ChatFormats;

/// <summary>
/// The format of Stanford Alpaca: <c>### Instruction:</c> and <c>### Response:</c> headings with empty lines between, no special tokens;
/// the answer ends with end-of-text (the prompt without input of tatsu-lab/stanford_alpaca). A system message stands where Alpaca's own
/// preamble stands, and the preamble is written where there is none.
/// </summary>
[Keyword("alpaca")]
public sealed record Alpaca : ChatFormat
{
    /// <summary>
    /// What stands before the first message where the prompt has no system message. Default: Alpaca's own words; may be empty.
    /// </summary>
    public string Preamble { get; init; } =
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.";

    /// <inheritdoc/>
    public override void BeginConversation(PromptBuffer buffer, bool hasSystem)
    {
        buffer.Begin(SegmentKind.Prompt);
        if (hasSystem || Preamble.Length == 0)
            return;
        buffer.Append(Preamble);
        buffer.Append("\n\n"u8);
    }

    /// <inheritdoc/>
    public override void BeginMessage(PromptBuffer buffer, Role role)
    {
        buffer.Begin(SegmentKind.Prompt);
        buffer.Append(
            role switch
            {
                Role.System => ""u8,
                Role.User => "### Instruction:\n"u8,
                _ => "### Response:\n"u8,
            }
        );
    }

    /// <inheritdoc/>
    public override void EndMessage(PromptBuffer buffer, Role role, bool answer)
    {
        if (role == Role.Assistant)
            buffer.AppendEndOfText(answer);
        if (answer)
            return;
        buffer.Begin(SegmentKind.Prompt);
        buffer.Append("\n\n"u8);
    }
}
