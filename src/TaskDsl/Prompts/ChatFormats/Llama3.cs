using TaskDsl.Vocabulary;

namespace TaskDsl.Prompts.ChatFormats;

/// <summary>
/// The format of Llama 3: <c>&lt;|begin_of_text|&gt;</c>, then for each message
/// <c>&lt;|start_header_id|&gt;role&lt;|end_header_id|&gt;</c>, an empty line, the content without white space at its ends and
/// <c>&lt;|eot_id|&gt;</c> (Meta's page "Model Cards and Prompt formats").
/// </summary>
[Keyword("llama3")]
public sealed record Llama3 : ChatFormat
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> SpecialTokens => ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"];

    /// <inheritdoc/>
    public override void BeginConversation(PromptBuffer buffer, bool hasSystem)
    {
        buffer.Begin(SegmentKind.Control);
        buffer.Append("<|begin_of_text|>"u8);
    }

    /// <inheritdoc/>
    public override void BeginMessage(PromptBuffer buffer, Role role)
    {
        buffer.Begin(SegmentKind.Control);
        buffer.Append("<|start_header_id|>"u8);
        buffer.Append(
            role switch
            {
                Role.System => "system"u8,
                Role.User => "user"u8,
                _ => "assistant"u8,
            }
        );
        buffer.Append("<|end_header_id|>\n\n"u8);
    }

    /// <inheritdoc/>
    public override void EndMessage(PromptBuffer buffer, Role role, bool answer)
    {
        buffer.Begin(answer ? SegmentKind.Control | SegmentKind.Answer : SegmentKind.Control);
        buffer.Append("<|eot_id|>"u8);
    }
}
