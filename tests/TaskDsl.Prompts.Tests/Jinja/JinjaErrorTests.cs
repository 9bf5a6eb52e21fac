using System.Text.Json;
using CsCheck;
using TaskDsl.HuggingFace.ChatTemplates.Jinja;
using Xunit;

namespace TaskDsl.Prompts.Tests.Jinja;

/// <summary>What cannot be rendered is an error with its place; no template crashes or runs for ever.</summary>
public class JinjaErrorTests
{
    [Theory]
    [InlineData("{% include 'a' %}", 1, 4, "the tag 'include' is not supported")]
    [InlineData("a\n  {{ x | urlize }}", 2, 10, "the filter 'urlize' is not supported")]
    [InlineData("{{ x is escaped }}", 1, 9, "the test 'escaped' is not supported")]
    [InlineData("{% for a in b recursive %}{% endfor %}", 1, 15, "'recursive' loops are not supported")]
    [InlineData("x\n{% if a %}\n{% for b in c %}", 3, 4, "'for' is not closed: '{% endfor %}' is missing")]
    [InlineData("{% if a %}{% else %}", 1, 4, "'if' is not closed: '{% endif %}' is missing")]
    [InlineData("{{ a", 1, 1, "the tag is not closed: '}}' is missing")]
    [InlineData("a {# b", 1, 3, "the comment is not closed")]
    [InlineData("{% raw %}x", 1, 1, "'raw' is not closed")]
    [InlineData("{{ 'a }}", 1, 4, "not closed by a quote")]
    [InlineData("{{ a ? b }}", 1, 6, "'?' is no sign of Jinja")]
    [InlineData("{{ (a] }}", 1, 6, "']' closes nothing that is open here")]
    [InlineData("{% endfor %}", 1, 4, "'endfor' closes nothing")]
    [InlineData("{% break %}", 1, 4, "outside of a loop")]
    [InlineData("{{ a b }}", 1, 6, "expected '}}', got 'b'")]
    [InlineData("{{ missing.a }}", 1, 4, "'missing' is not defined")]
    [InlineData("{{ 'a' + 1 }}", 1, 8, "'+' cannot join a text and a whole number")]
    [InlineData("{{ 'a' % 1 }}", 1, 8, "formatting by '%' is not supported")]
    [InlineData("{{ 'a'.format(1) }}", 1, 14, "the method 'format' of texts is not supported")]
    [InlineData("{{ [1].append(2) }}", 1, 14, "would change a value")]
    [InlineData("{{ raise_exception('Only user and assistant.') }}", 1, 19, "Only user and assistant.")]
    [InlineData("{{ 9999999999999999999 }}", 1, 4, "is not supported")]
    [InlineData("{{ 9223372036854775807 + 1 }}", 1, 24, "too large")]
    public void Errors_name_the_place(string template, int line, int column, string text)
    {
        var error = Assert.Throws<JinjaException>(() => Variables.Render(template));
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.At.Line, error.At.Column));
    }

    [Theory]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{{ range(10000000000) | list }}")]
    [InlineData("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}")]
    [InlineData("{{ 'x' * 10000000000 }}")]
    [InlineData("{% set ns = namespace(s='xxxx') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData(
        "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] "
            + "%}{% endfor %}{{ ns.a == ns.b }}"
    )]
    [InlineData("{% set ns = namespace(a=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}")]
    [InlineData("{% set ns = namespace(a=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a | tojson }}")]
    [InlineData(
        "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(90000) %}{% set ns.a = [ns.a] %}{% set ns.b = [ns.b] %}{% endfor "
            + "%}{{ ns.a == ns.b }}{{ ns.a }}"
    )]
    [InlineData("{{ 10 ** 100 }}")]
    [InlineData("{% set s = 'x' * 100000 %}{% for i in range(99999) %}{{ s.split('y')[0] is string }}{% endfor %}")]
    public void What_would_take_too_much_is_stopped(string template) => Assert.Throws<JinjaException>(() => Variables.Render(template));

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("-", "1", "")]
    [InlineData("not ", "1", "")]
    [InlineData("1 + ", "1", "")]
    [InlineData("1 * ", "1", "")]
    [InlineData("1 or ", "1", "")]
    [InlineData("0 if 0 else ", "1", "")]
    [InlineData("", "x", "[0]")]
    [InlineData("", "x", ".a")]
    [InlineData("", "x", " | upper")]
    public void Deep_expressions_are_refused(string before, string value, string after)
    {
        Parser.Parse(Template(200));
        Assert.Contains(
            "nested too deeply",
            Assert.Throws<JinjaException>(() => Parser.Parse(Template(1100))).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<JinjaException>(() => Parser.Parse(Template(100_000)));

        string Template(int times) => $"{{{{ {Repeat(before, times)}{value}{Repeat(after, times)} }}}}";
    }

    [Fact]
    public void Deep_blocks_are_refused()
    {
        Variables.Render(Template(400));
        Assert.Throws<JinjaException>(() => Variables.Render(Template(1100)));
        Assert.Throws<JinjaException>(() => Variables.Render(Template(100_000)));

        static string Template(int times) => Repeat("{% if 1 %}", times) + Repeat("{% endif %}", times);
    }

    [Theory]
    [InlineData("{% filter upper | trim | lower %}a{% endfilter %}")]
    [InlineData("{% if a or b or (a and b) %}a{% elif a.b.c is defined and not 1 + 1 + 1 == 3 %}{% endif %}")]
    [InlineData("{% set x | trim | upper %}a{% endset %}{{ x | lower | trim }}")]
    [InlineData("{{ [1, 2, (3 + 4) * 5] | length }}")]
    public void Long_templates_are_not_deep(string piece) => Variables.Render(Repeat(piece, 5000), """{"a": {"b": {"c": 1}}, "b": 0}""");

    [Fact]
    public void No_text_breaks_anything()
    {
        string[] pieces =
        [
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "-",
            "+",
            " ",
            "\n",
            "if",
            "else",
            "elif",
            "endif",
            "for",
            "in",
            "endfor",
            "set",
            "endset",
            "macro",
            "endmacro",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "|",
            ".",
            ",",
            ":",
            "=",
            "==",
            "<",
            "~",
            "*",
            "**",
            "//",
            "%",
            "'",
            "\"",
            "\\",
            "a",
            "loop",
            "messages",
            "x",
            "1",
            "0",
            "1.5",
            "none",
            "true",
            "is",
            "not",
            "and",
            "or",
            "defined",
            "length",
            "tojson",
            "join",
            "split",
            "namespace",
            "range",
            "raw",
            "endraw",
            "é",
            "😀",
            "\0",
            "\ud800",
        ];
        Gen.OneOf(Of(pieces), Gen.String[0, 3]).Array[0, 40].Select(string.Concat).Sample(Survives, iter: 20_000);
    }

    [Fact]
    public void No_change_of_a_template_breaks_anything()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(JinjaReferenceTests.Golden("fragments.json")));
        string[] templates = [.. file.RootElement.EnumerateArray().Select(c => c.GetProperty("template").GetString()!)];
        var variables = file.RootElement[0].GetProperty("variables").GetRawText();
        Gen.Select(Of(templates), Of(templates), Gen.Int[0, 400], Gen.Int[0, 400], Gen.Int[0, 20])
            .Sample(
                (a, b, at, from, length) =>
                    Survives(
                        string.Concat(
                            a.AsSpan(0, Math.Min(at, a.Length)),
                            b.AsSpan(Math.Min(from, b.Length), Math.Min(length, b.Length - Math.Min(from, b.Length))),
                            a.AsSpan(Math.Min(at + length / 2, a.Length))
                        ),
                        variables
                    ),
                iter: 20_000
            );
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static Gen<string> Of(string[] all) => Gen.Int[0, all.Length - 1].Select(i => all[i]);

    private static bool Survives(string template) =>
        Survives(template, """{"messages": [{"role": "user", "content": "a"}], "x": 1, "a": "b"}""");

    private static bool Survives(string template, string variables)
    {
        try
        {
            Variables.Render(template, variables);
        }
        catch (JinjaException e)
        {
            return e.At.Line >= 1 && e.At.Column >= 1;
        }

        return true;
    }
}
