using System.Text;
using CsCheck;
using TaskDsl.HuggingFace.ChatFormats;
using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.Prompts.Tests.Templates;
using Xunit;

namespace TaskDsl.Prompts.Tests.Chat;

/// <summary>The chat format <c>model</c>: a model's own template lays out the messages.</summary>
public sealed class ModelTemplateTests : IDisposable
{
    internal const string ChatMl =
        "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>' + '\\n' }}{% endfor %}{% if "
        + "add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
    private const string Llama3 =
        "{% for m in messages %}{% set c = '<|start_header_id|>' + m['role'] + '<|end_header_id|>\\n\\n' + m['content'] | trim + "
        + "'<|eot_id|>' %}{% if loop.first %}{% set c = bos_token + c %}{% endif %}{{ c }}{% endfor %}{% if add_generation_prompt %}{{ "
        + "'<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}";
    private const string Inst =
        "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}{% elif m.role == "
        + "'assistant' %}{{ ' ' + m.content + ' ' + eos_token }}{% else %}{{ raise_exception('System role not supported') }}{% endif "
        + "%}{% endfor %}";
    private const string Thinking = """
        {%- for m in messages %}
            {%- if m.role == 'assistant' and loop.last %}
                {{- '<|im_start|>assistant\n<think>\n\n</think>\n\n' + m.content.split('</think>')[-1] + '<|im_end|>\n' }}
            {%- else %}
                {{- '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}
            {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|im_start|>assistant\n' }}
            {%- if enable_thinking is defined and enable_thinking is false %}
                {{- '<think>\n\n</think>\n\n' }}
            {%- endif %}
        {%- endif %}
        """;

    internal static readonly string[] Tokens =
    [
        "<|im_start|>",
        "<|im_end|>",
        "<|begin_of_text|>",
        "<|start_header_id|>",
        "<|end_header_id|>",
        "<|eot_id|>",
        "<s>",
        "</s>",
        "<think>",
        "</think>",
    ];
    private static readonly Desk.Compiled Compiled = Desk.Compile(
        """
        prompt: a
        summary: Asks.
        task: clause_type
        languages:
          en:
            system: Be brief.
            user: ["Kind of: {{ clause }}"]
            assistant: "Kind: {{ output }}"
          zh: {user: ["{{ clause }}"]}
        """
    );

    private readonly string folder = Directory.CreateTempSubdirectory("chat").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Model_is_a_word_of_the_yaml()
    {
        var compiled = Desk.Compile(
            """
            prompt: a
            summary: Asks.
            task: clause_type
            chat_format: model
            languages:
              en: {user: ["{{ clause }}"]}
              zh: {user: ["{{ clause }}"]}
            """
        );
        Assert.IsType<ModelFormat>(compiled.Prompt.ChatFormat);
        using var buffer = new PromptBuffer();
        Assert.Throws<ChatTemplateException>(() => compiled.Prompt.Render(buffer, compiled.Input("Pay."), null, "en"));
    }

    [Fact]
    public void A_template_of_chatml_is_chatml()
    {
        foreach (var language in new[] { "en", "zh" })
        foreach (var (answered, shown) in new[] { (true, false), (false, false), (true, true), (false, true) })
            Assert.Equal(
                Bare(Render(new Prompts.ChatFormats.ChatMl(), language, answered, shown)),
                Bare(Render(Of(ChatMl), language, answered, shown))
            );
    }

    [Fact]
    public void A_template_of_llama3_is_llama3()
    {
        foreach (var (answered, shown) in new[] { (true, false), (false, false), (true, true) })
            Assert.Equal(
                Bare(Render(new Prompts.ChatFormats.Llama3(), "en", answered, shown)),
                Bare(Render(Of(Llama3, ("bos_token", "<|begin_of_text|>")), "en", answered, shown))
            );
    }

    [Fact]
    public void White_space_around_an_answer_is_left_out_and_its_end_is_the_token() =>
        Assert.Equal("C[<s>][[INST] Pay. [/INST]]+[付款]+C[</s>]", Render(Of(Inst, ("bos_token", "<s>"), ("eos_token", "</s>")), "zh"));

    [Fact]
    public void The_model_is_told_not_to_think() =>
        Assert.Equal(
            "C[<|im_start|>][user\\nPay.]C[<|im_end|>\\n<|im_start|>][assistant\\n]C[<think>\\n\\n</think>\\n\\n]+[付款]+C[<|im_end|>]C[\\n]",
            Render(Of(Thinking), "zh")
        );

    [Fact]
    public void What_a_template_writes_before_every_answer_is_given() =>
        Assert.Equal(
            "[U:Pay.\\nA:]C[<|im_start|>][final:]+[付款]+C[<|im_end|>]",
            Render(
                Of(
                    "{% for m in messages %}{{ 'U:' + m.content + '\\n' if m.role == 'user' else 'A:<|im_start|>final:' + "
                        + "m.content + '<|im_end|>' }}{% endfor %}{% if add_generation_prompt %}A:{% endif %}"
                ),
                "zh"
            )
        );

    [Fact]
    public void What_a_template_writes_only_where_the_model_answers_is_asked() =>
        Assert.Equal(
            "[U:Pay.\\nA:]C[<think>]+[付款]+C[<|im_end|>]",
            Render(
                Of(
                    "{% for m in messages %}{{ 'U:' + m.content + '\n' if m.role == 'user' else 'A:' + m.content + '<|im_end|>' "
                        + "}}{% endfor %}{% if add_generation_prompt %}A:<think>{% endif %}"
                ),
                "zh"
            )
        );

    [Fact]
    public void An_answer_that_no_token_ends_ends_the_text() =>
        Assert.Equal(
            "[user: Pay.\\nassistant: ]+[付款]+E[]",
            Render(
                Of(
                    "{% for m in messages %}{{ m.role + ': ' + m.content + '\\n' }}{% endfor %}{% if add_generation_prompt "
                        + "%}assistant: {% endif %}"
                ),
                "zh"
            )
        );

    [Fact]
    public void Training_and_prediction_agree()
    {
        foreach (var chat in new[] { Of(ChatMl), Of(Llama3, ("bos_token", "<s>")), Of(Thinking) })
        foreach (var language in new[] { "en", "zh" })
        {
            using PromptBuffer trained = new(),
                asked = new(),
                end = new();
            Compiled.Prompt.Render(trained, Compiled.Input("Pay."), Compiled.Output, language, chat: chat);
            Compiled.Prompt.Render(asked, Compiled.Input("Pay."), null, language, chat: chat);
            chat.EndAnswer(end);
            var answer = language == "en" ? "payment" : "付款";
            Assert.Equal(asked + answer + end, trained.ToString());
            Assert.Equal(asked.Length, trained.Segments.ToArray().First(s => s.Kind.HasFlag(SegmentKind.Answer)).Start);
            Assert.True(trained.IsWhole);
            trained.Clear();
            Assert.False(trained.IsWhole);
        }
    }

    [Fact]
    public void What_users_write_is_never_control()
    {
        string[] texts = ["<|im_end|>", "<|im_start|>system", " x ", "</think>", "{{ 1 }}", "\n", "<s>", "😀", "中", "A<|eot_id|>b"];
        string[] changes =
        [
            "m.content",
            "m.content | trim",
            "m.content | upper",
            "m.content | replace('x', '<|im_end|>')",
            "m.content | tojson",
            "[m.content] | string",
            "m.content[::-1]",
            "m.content.split('|') | join('|')",
            "m.content ~ ''",
            "m.content | title",
            "m.content | list | join",
            "m.content.replace('<', '<<')",
            "{'a': m.content} | tojson(indent=1)",
            "(m.content | list)[:3] | join",
            "m.content | indent(2)",
            "m.content | capitalize",
        ];
        Gen.Select(Gen.Int[0, texts.Length - 1].Array[1, 5], Gen.Int[0, changes.Length - 1])
            .Sample(
                (parts, change) =>
                {
                    var text = string.Concat(parts.Select(p => texts[p]));
                    var chat = Of(
                        "{% for m in messages %}{% if m.role == 'user' %}[{{ "
                            + changes[change]
                            + " }}]{% else %}{{ m.content }}<|im_end|>{% endif %}{% endfor %}"
                    );
                    using var buffer = new PromptBuffer();
                    Compiled.Prompt.Render(buffer, Compiled.Input("Q" + text + "Q"), null, "zh", chat: chat);
                    var control = new StringBuilder();
                    foreach (var segment in buffer.Segments)
                        if (segment.Kind.HasFlag(SegmentKind.Control))
                            control.Append(Encoding.UTF8.GetString(buffer.Utf8.Slice(segment.Start, segment.Length)));
                    // The template's own replacement, and nothing of what was said.
                    var own = changes[change].Contains("'<|im_end|>'", StringComparison.Ordinal)
                        ? control.Replace("<|im_end|>", "")
                        : control;
                    return own.Length == 0;
                },
                iter: 3000
            );
    }

    [Fact]
    public void An_empty_or_strange_answer_stays_as_it_is()
    {
        using var buffer = new PromptBuffer();
        foreach (var answer in new[] { "", " <|im_end|> </think> ", "\n" })
        {
            var chat = Of(Thinking);
            buffer.Clear();
            chat.BeginConversation(buffer, false);
            chat.BeginMessage(buffer, Role.User);
            buffer.Begin(SegmentKind.Prompt);
            buffer.Append("q"u8);
            chat.EndMessage(buffer, Role.User, answer: false);
            chat.BeginMessage(buffer, Role.Assistant);
            buffer.Begin(SegmentKind.Answer);
            buffer.Append(answer);
            chat.EndMessage(buffer, Role.Assistant, answer: true);
            chat.EndConversation(buffer, 0);
            var marked = answer.Length == 0 ? "" : $"+[{answer.Replace("\n", "\\n", StringComparison.Ordinal)}]";
            Assert.Equal(
                "C[<|im_start|>][user\\nq]C[<|im_end|>\\n<|im_start|>][assistant\\n]C[<think>\\n\\n</think>\\n\\n]"
                    + $"{marked}+C[<|im_end|>]C[\\n]",
                ChatFormatTests.Show(buffer)
            );
        }
    }

    [Theory]
    [InlineData(
        "{% for m in messages %}{{ m.role }}{{ m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}bot<think>{% endif %}",
        "where the model is to answer it writes 'bot<think>', but before an answer that is there 'assistant'."
    )]
    [InlineData("{% for m in messages %}{{ m.role }}{% endfor %}", "drops, repeats or changes")]
    [InlineData("{% for m in messages %}{{ m.content }}{{ m.content }}{% endfor %}", "drops, repeats or changes")]
    [InlineData("{% for m in messages %}{{ m.content | upper }}{% endfor %}", "drops, repeats or changes")]
    [InlineData("{% for m in messages %}{{ m.content }} END{% endfor %}", "ends an answer by 'END', which is no special token")]
    [InlineData("a\n{% include 'x' %}", "chat_template (2,4): the tag 'include' is not supported")]
    [InlineData("{{ messages[5].content }}", "chat_template (1,")]
    public void What_cannot_be_used_says_why_and_what_to_do(string template, string text)
    {
        var error = Assert.Throws<ChatTemplateException>(() => Render(Of(template), "zh"));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Contains("Choose another chat_format: alpaca, chatml, llama3, plain", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_refuses_a_conversation_is_heard() =>
        Assert.Contains(
            "System role not supported",
            Assert.Throws<ChatTemplateException>(() => Render(Of(Inst, ("bos_token", "<s>"), ("eos_token", "</s>")), "en")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_model_without_a_template_is_an_error_that_lists_the_others()
    {
        Assert.Contains(
            "there is none here. Give a model that has one, or choose another chat_format: alpaca, chatml, llama3, plain.",
            Assert.Throws<ChatTemplateException>(() => new ModelFormat().Of(null, Tokens)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ChatTemplateException>(() => Render(new ModelFormat(), "zh"));
        Assert.Null(ChatTemplate.Load(folder));
    }

    private static ModelFormat Of(string template, params (string, string)[] tokens) =>
        new ModelFormat().Of(ChatTemplate.Of(template, tokens), Tokens);

    internal static string Render(ChatFormat chat, string language, bool answered = true, bool shown = false)
    {
        using var buffer = new PromptBuffer();
        Compiled.Prompt.Render(
            buffer,
            Compiled.Input("Pay."),
            answered ? Compiled.Output : null,
            language,
            0,
            shown ? [Compiled.Example("Go.")] : [],
            chat
        );
        return ChatFormatTests.Show(buffer);
    }

    /// <summary>The texts and what of them is answer, without which text is looked through for special tokens.</summary>
    private static string Bare(string shown) =>
        shown
            .Replace("]+", "\u0001", StringComparison.Ordinal)
            .Replace("]C[", "", StringComparison.Ordinal)
            .Replace("C[", "[", StringComparison.Ordinal)
            .Replace("][", "", StringComparison.Ordinal);
}
