using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.HuggingFace.NewTokenizers;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts.ChatFormats;
using Xunit;

namespace TaskDsl.Prompts.Tests.Chat;

/// <summary>Chat formats as templates of others. That the one in Jinja writes what the format does, is checked when it is made.</summary>
public sealed class ChatLayoutTests
{
    private static readonly Tokenizer Tokenizer = new Bpe().Create([], 300, new Llama3().SpecialTokens);

    [Fact]
    public void Chatml()
    {
        var layout = ChatLayout.Of(new ChatMl(), Tokenizer);
        Assert.Equal("<|im_end|>", layout.Stop);
        Assert.Equal(
            "{% for message in messages %}{% if message['role'] == 'system' %}{{ '<|im_start|>system\\n' }}{{ message['content'] | trim }}"
                + "{{ '<|im_end|>\\n' }}{% elif message['role'] == 'user' %}{{ '<|im_start|>user\\n' }}{{ message['content'] | trim }}"
                + "{{ '<|im_end|>\\n' }}{% elif message['role'] == 'assistant' %}{{ '<|im_start|>assistant\\n' }}"
                + "{{ message['content'] | trim }}{{ '<|im_end|>\\n' }}{% endif %}{% endfor %}{% if add_generation_prompt %}"
                + "{{ '<|im_start|>assistant\\n' }}{% endif %}",
            layout.Jinja
        );
        Assert.Equal(
            "{{ range $i, $message := .Messages }}{{ $last := eq (len (slice $.Messages $i)) 1 }}{{ if eq $message.Role \"system\" }}"
                + "<|im_start|>system\n{{ $message.Content }}<|im_end|>\n{{ else if eq $message.Role \"user\" }}<|im_start|>user\n"
                + "{{ $message.Content }}<|im_end|>\n{{ else if eq $message.Role \"assistant\" }}<|im_start|>assistant\n"
                + "{{ $message.Content }}{{ if not $last }}<|im_end|>\n{{ end }}{{ end }}"
                + "{{ if and $last (ne $message.Role \"assistant\") }}<|im_start|>assistant\n{{ end }}{{ end }}",
            layout.Go
        );
    }

    /// <summary>What stands before the first message may be another where that is a system message, and may have quotes in it.</summary>
    [Fact]
    public void Alpaca()
    {
        var layout = ChatLayout.Of(new Alpaca { Preamble = @"It's \ a task." }, Tokenizer);
        Assert.StartsWith(
            @"{% if messages[0]['role'] == 'system' %}{% else %}{{ 'It\'s \\ a task.\n\n' }}{% endif %}",
            layout.Jinja,
            StringComparison.Ordinal
        );
        Assert.Equal("<|endoftext|>", layout.Stop);
    }

    [Fact]
    public void Plain_and_llama3()
    {
        Assert.Equal("<|endoftext|>", ChatLayout.Of(new Plain(), Tokenizer).Stop);
        var llama3 = ChatLayout.Of(new Llama3(), Tokenizer);
        Assert.Equal("<|eot_id|>", llama3.Stop);
        Assert.StartsWith("{{ '<|begin_of_text|>' }}{% for", llama3.Jinja, StringComparison.Ordinal);
    }

    [Fact]
    public void A_format_that_counts_messages_is_refused()
    {
        var error = Assert.Throws<ChatTemplateException>(() => ChatLayout.Of(new Counted(), Tokenizer));
        Assert.Contains("cannot be said as a template", error.Message, StringComparison.Ordinal);
    }

    private sealed record Counted : ChatFormat
    {
        public override void BeginMessage(PromptBuffer buffer, Role role)
        {
            buffer.Begin(SegmentKind.Prompt);
            buffer.Append($"{buffer.Length}: ");
        }

        public override void EndMessage(PromptBuffer buffer, Role role, bool answer) => buffer.Append("\n");
    }
}
