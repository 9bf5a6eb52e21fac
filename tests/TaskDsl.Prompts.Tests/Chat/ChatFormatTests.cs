using System.Text;
using TaskDsl.Prompts.ChatFormats;
using TaskDsl.Prompts.Tests.Templates;
using Xunit;

namespace TaskDsl.Prompts.Tests.Chat;

/// <summary>The layouts, byte for byte, and what of them carries the loss.</summary>
public class ChatFormatTests
{
    private static readonly Desk.Compiled Compiled = Desk.Compile(
        """
        prompt: a
        summary: Asks.
        task: clause_type
        languages:
          en:
            system: |
              Be brief.
            user:
              - |
                Kind of: {{ clause }}
              - "{{ clause }}?"
            assistant: "Kind: {{ output }}"
          zh: {user: ["{{ clause }}是？"]}
        """
    );

    internal static string Show(PromptBuffer buffer)
    {
        var text = new StringBuilder();
        foreach (var segment in buffer.Segments)
        {
            var answer = segment.Kind.HasFlag(SegmentKind.Answer) ? "+" : "";
            var kind =
                segment.Kind.HasFlag(SegmentKind.Control) ? "C"
                : segment.Kind.HasFlag(SegmentKind.EndOfText) ? "E"
                : "";
            var written = Encoding.UTF8.GetString(buffer.Utf8.Slice(segment.Start, segment.Length));
            text.Append($"{answer}{kind}[{written.Replace("\n", "\\n")}]");
        }

        return text.ToString();
    }

    private static string Render(ChatFormat chat, bool answered = true, bool shown = false, string language = "en", int phrasing = 0)
    {
        using var buffer = new PromptBuffer();
        Compiled.Prompt.Render(
            buffer,
            Compiled.Input("Pay."),
            answered ? Compiled.Output : null,
            language,
            phrasing,
            shown ? [Compiled.Example("Go.")] : [],
            chat
        );
        var end = 0;
        foreach (var segment in buffer.Segments)
        {
            Assert.Equal(end, segment.Start);
            end += segment.Length;
        }

        Assert.Equal(buffer.Length, end);
        return Show(buffer);
    }

    [Fact]
    public void Chatml() =>
        Assert.Equal(
            "C[<|im_start|>system\\n][Be "
                + "brief.]C[<|im_end|>\\n<|im_start|>user\\n][Kind of: "
                + "Pay.]C[<|im_end|>\\n<|im_start|>assistant\\n][Kind: "
                + "]+[payment]+C[<|im_end|>]C[\\n]",
            Render(new ChatMl())
        );

    [Fact]
    public void Llama3() =>
        Assert.Equal(
            "C[<|begin_of_text|><|start_header_id|>system<|end_header_id|>\\n\\n][Be "
                + "brief.]C[<|eot_id|><|start_header_id|>user<|end_header_id|>\\n\\n][Kind of: "
                + "Pay.]C[<|eot_id|><|start_header_id|>assistant<|end_header_id|>\\n\\n][Kind: "
                + "]+[payment]+C[<|eot_id|>]",
            Render(new Llama3())
        );

    [Fact]
    public void Alpaca() =>
        Assert.Equal(
            "[Below is an instruction that describes a task. Write a response that appropriately completes the request.\\n\\n### "
                + "Instruction:\\nPay.是？\\n\\n### Response:\\n]+[付款]+E[]",
            Render(new Alpaca(), language: "zh")
        );

    [Fact]
    public void Alpaca_with_a_system_message_of_its_own() =>
        Assert.Equal(
            "[Be brief.\\n\\n### Instruction:\\nPay.?\\n\\n### Response:\\nKind: ]+[payment]+E[]",
            Render(new Alpaca(), phrasing: 1)
        );

    [Fact]
    public void Plain() => Assert.Equal("[Be brief.\\nKind of: Pay.\\nKind: ]+[payment]+E[]", Render(new Plain()));

    [Fact]
    public void A_prediction_stops_where_the_model_goes_on()
    {
        Assert.EndsWith("C[<|im_end|>\\n<|im_start|>assistant\\n][Kind: ]", Render(new ChatMl(), answered: false));
        Assert.Equal("[Be brief.\\nKind of: Pay.\\nKind: ]", Render(new Plain(), answered: false));
    }

    [Fact]
    public void Demonstrations_carry_no_loss()
    {
        Assert.Equal(
            "[Be brief.\\nKind of: Go.\\nKind: payment]E[][Kind of: Pay.\\nKind: ]+[payment]+E[]",
            Render(new Plain(), shown: true)
        );
        Assert.Equal(
            "C[<|im_start|>system\\n][Be "
                + "brief.]C[<|im_end|>\\n<|im_start|>user\\n][Kind of: "
                + "Go.]C[<|im_end|>\\n<|im_start|>assistant\\n][Kind: "
                + "payment]C[<|im_end|>\\n<|im_start|>user\\n][Kind of: "
                + "Pay.]C[<|im_end|>\\n<|im_start|>assistant\\n][Kind: "
                + "]+[payment]+C[<|im_end|>]C[\\n]",
            Render(new ChatMl(), shown: true)
        );
    }

    [Fact]
    public void Special_tokens_are_those_that_are_written()
    {
        foreach (var chat in new ChatFormat[] { new ChatMl(), new Llama3(), new Alpaca(), new Plain() })
        {
            var text = Render(chat, shown: true);
            Assert.All(chat.SpecialTokens, token => Assert.Contains(token, text, StringComparison.Ordinal));
            Assert.Equal(text.Contains("<|", StringComparison.Ordinal), chat.SpecialTokens.Count > 0);
        }
    }

    [Fact]
    public void Unknown_languages_and_phrasings_are_named()
    {
        Assert.Contains(
            "no language 'fr', only en, zh",
            Assert.Throws<ArgumentException>(() => Render(new Plain(), language: "fr")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "2 phrasing(s) in 'en'",
            Assert.Throws<ArgumentException>(() => Render(new Plain(), phrasing: 2)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Rendering_allocates_nothing()
    {
        using var buffer = new PromptBuffer();
        // The prompt alone: how an answer is written is its codec's affair.
        var input = Compiled.Input("Pay.");
        for (var i = 0; i < 1000; i++)
            Once();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Once();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Once()
        {
            buffer.Clear();
            Compiled.Prompt.Render(buffer, input, null, "en");
        }
    }
}
