using TaskDsl.Vocabulary;

namespace TaskDsl.Prompts.ChatFormats;

/// <summary>
/// ChatML, as Qwen and many others write it: <c>&lt;|im_start|&gt;role</c>, a newline, the content, <c>&lt;|im_end|&gt;</c> and a newline
/// (the chat template in the tokenizer_config.json of Qwen/Qwen2.5-0.5B-Instruct; no default system message is put in).
/// </summary>
[Keyword("chatml")]
public sealed record ChatMl : ChatFormat
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> SpecialTokens => ["<|im_start|>", "<|im_end|>"];

    /// <inheritdoc/>
    public override void BeginMessage(PromptBuffer buffer, Role role)
    {
        buffer.Begin(SegmentKind.Control);
        buffer.Append("<|im_start|>"u8);
        buffer.Append(
            role switch
            {
                Role.System => "system\n"u8,
                Role.User => "user\n"u8,
                _ => "assistant\n"u8,
            }
        );
    }

    /// <inheritdoc/>
    public override void EndMessage(PromptBuffer buffer, Role role, bool answer)
    {
        buffer.Begin(answer ? SegmentKind.Control | SegmentKind.Answer : SegmentKind.Control);
        buffer.Append("<|im_end|>"u8);
        // The turn ends with the token: the newline behind it is nobody's to learn.
        buffer.Begin(SegmentKind.Control);
        buffer.Append("\n"u8);
    }
}
