using System.Text;
using TaskDsl.Prompts.ChatFormats;
using Xunit;

namespace TaskDsl.Prompts.Tests.Templates;

/// <summary>Messages of one language around data of all: what is the data's stays in its language.</summary>
public class PromptLanguageTests
{
    private const string Head = "prompt: a\ntask: clause_type\n";

    [Theory]
    [InlineData("en", "One of: payment, other (en).\nx\npayment")]
    [InlineData("zh", "One of: 付款, 其他 (zh).\nx\n付款")]
    public void Around_every_language_stands_the_one(string language, string expected)
    {
        var compiled = Desk.Compile(
            Head
                + """
                prompt_language: en
                languages:
                  en:
                    user:
                      - "One of: {{ labels | array.join ', ' }} ({{ language }}).\n{{ clause }}"
                      - "{{ clause }}?"
                """
        );
        Assert.Equal(expected, Rendered(compiled, language, 0));
        Assert.Equal(2, compiled.Prompt.Phrasings("zh"));
        Assert.StartsWith("x?\n", Rendered(compiled, language, 1), StringComparison.Ordinal);
    }

    [Fact]
    public void It_shapes_the_text_and_so_the_fingerprint()
    {
        const string english = "languages:\n  en: {user: ['{{ clause }}']}\n";
        var own = Desk.Compile(Head + english + "  zh: {user: ['{{ clause }}！']}\n");
        var one = Desk.Compile(Head + "prompt_language: en\n" + english);
        Assert.NotEqual(own.Prompt.Fingerprint, one.Prompt.Fingerprint);
        Assert.Equal(Rendered(own, "en", 0), Rendered(one, "en", 0));
        Assert.NotEqual(Rendered(own, "zh", 0), Rendered(one, "zh", 0));
    }

    [Theory]
    [InlineData("prompt_language: zh\nlanguages:\n  en: {user: ['{{clause}}']}", "3,18-20: TDSL1404: there are no messages in 'zh'")]
    [InlineData(
        "prompt_language: en\nlanguages:\n  en: {user: ['{{clause}}']}\n  zh: {user: ['{{clause}}']}",
        "6,3-5: TDSL1404: these messages are never shown: 'prompt_language' is 'en'"
    )]
    [InlineData(
        "prompt_language: eng\nlanguages:\n  en: {user: ['{{clause}}']}",
        "3,18-21: TDSL1404: there are no messages in 'eng'; did you mean 'en'?"
    )]
    [InlineData("prompt_language: en\nlanguages:\n  en: {user: ['{{claus}}']}", "5,18-23: TDSL1402: ")] // Once, whatever the languages.
    public void One_mistake_is_told_once(string rest, params string[] expected)
    {
        var (problems, _, _) = Desk.Run($"{Head}{rest}\n");
        Assert.Equal(expected.Length, problems.Count);
        Assert.All(expected, one => Assert.Contains(problems, problem => problem.StartsWith(one, StringComparison.Ordinal)));
    }

    private static string Rendered(Desk.Compiled compiled, string language, int phrasing)
    {
        using var buffer = new PromptBuffer();
        compiled.Prompt.Render(buffer, compiled.Input("x"), compiled.Output, language, phrasing, chat: new Plain());
        return Encoding.UTF8.GetString(buffer.Utf8).Trim();
    }
}
