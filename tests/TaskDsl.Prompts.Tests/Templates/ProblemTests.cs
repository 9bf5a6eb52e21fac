using CsCheck;
using Xunit;

namespace TaskDsl.Prompts.Tests.Templates;

/// <summary>Each mistake is one diagnostic at its place in the YAML file.</summary>
public class ProblemTests
{
    private static readonly System.Text.Json.JsonSerializerOptions Unescaped = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Yaml(string template) =>
        $$$"""
            prompt: a
            task: clause_type
            languages:
              en:
                user: [{{{System.Text.Json.JsonSerializer.Serialize(template, Unescaped)}}}]
              zh: {user: ["{{ clause }}"]}
            """;

    // The template's text begins in column 13 of line 5.
    [Theory]
    [InlineData("{{ claus }}", "5,16-21: TDSL1402: 'claus' is not known here; did you mean 'clause'?")]
    [InlineData("é中 {{ claus }}", "5,19-24: TDSL1402: 'claus' is not known here; did you mean 'clause'?")]
    [InlineData("{{ clause | string.upcas }}", "5,25-37: TDSL1402: 'string.upcas' is not known here; did you mean 'string.upcase'?")]
    [InlineData("{{ clause | string.md5 }}", "TDSL1403: 'string.md5' is not supported here")]
    [InlineData("{{ date.now }}", "TDSL1403: 'date.now' is not supported here; there are functions of array, math, object, string")]
    [InlineData("{{ clause | html.strip }}", "TDSL1403: 'html.strip' is not supported here; there are functions of array,")]
    [InlineData("{{ clause | regex.replace 'a' 'b' }}", "TDSL1403: 'regex.replace' is not supported here; there are functions of array,")]
    [InlineData("{{ clause | object.format 'x' }}", "TDSL1403: 'object.format' is not supported here; of 'object' there are default")]
    [InlineData("{{ clause | object.size }}", "TDSL1403: 'object.size' is not supported here; did you mean 'string.size' or 'array.size'?")]
    [InlineData("{{ clause | string.replace 'a' }}", "TDSL1401: 'string.replace' takes 3 values, the piped one included, and not 2")]
    [InlineData("{{ facts + 1 }}", "TDSL1403: '+' cannot stand between a list and a whole number here")]
    [InlineData("{{ for x in clause }}{{ x }}{{ x.y }}{{ end }}", "TDSL1403: 'for' needs a list, and 'clause' is a text")]
    [InlineData("{{ for x in fact }}{{ x }}{{ end }}", "5,25-29: TDSL1402: 'fact' is not known here; did you mean 'facts'?")]
    [InlineData("{{ if claus }}a{{ end }}", "5,19-24: TDSL1402: 'claus' is not known")]
    [InlineData("{{ x = claus }}{{ x }}", "5,20-25: TDSL1402: 'claus' is not known")]
    [InlineData("a {{ clause", "5,15-17: TDSL1401: this {{ is never closed by }}")]
    [InlineData("a {{ clause }\n{{ note }}", "5,15-17: TDSL1401: this {{ is never closed by }}")]
    [InlineData("{{ if note }}a", "TDSL1401: ")]
    [InlineData("{{ end }}", "TDSL1401: ")]
    [InlineData("{{ include 'x' }}", "TDSL1403: ")]
    [InlineData("{{ while true }}a{{ end }}", "TDSL1403: 'while' is not supported here")]
    [InlineData("{{ func f }}a{{ end }}", "TDSL14")]
    [InlineData("{{ output }}", "TDSL1402: 'output' is not known here: it stands only at the very end of 'assistant'")]
    [InlineData("{{ for.index }}", "TDSL1402: 'for.index' is not known here; it exists only inside of a 'for'")]
    [InlineData("{{ clause.lenght }}", "TDSL1402: 'lenght' is not known here; 'clause' is a text, which has no such member")]
    [InlineData("{{ 1 // 0 }}", "TDSL1401: ")]
    [InlineData("{{ (1..100000000) | array.size }}", "TDSL1401: ")]
    public void Is_one_diagnostic(string template, string expected)
    {
        var (problems, _, _) = Desk.Run(Yaml(template));
        Assert.Contains(expected, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_mistakes_are_all_found() =>
        Assert.Equal(3, Desk.Run(Yaml("{{ claus }}{{ if nott }}{{ fact }}{{ end }}")).Problems.Count);

    [Fact]
    public void Places_inside_of_blocks_are_exact()
    {
        var (problems, _, _) = Desk.Run(
            """
            prompt: a
            task: clause_type
            languages:
              en:
                system: >-
                  folded {{ one }}
                  folded {{ two }}
                user:
                  - |
                    first line

                      {{ three }} and {{ clause }}
                    {{ four }}
                  - 'it''s {{ five }}'
                  - plain {{ six }}
                  - "a\tb\u4e2d {{ seven }}"
                assistant: "{{ eight }} {{ output }}"
              zh: {user: ["{{ clause }}"]}
            """
        );
        Assert.Equal(
            ["6,17-20", "7,17-20", "12,14-19", "13,12-16", "14,19-23", "15,18-21", "16,24-29", "17,20-25"],
            problems
                .Select(p => p.Split(':')[0])
                .Order(StringComparer.Ordinal)
                .OrderBy(p => int.Parse(p.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture))
        );
    }

    [Theory]
    [InlineData("en: {user: ['{{clause}}']}", "3,1-10: TDSL1404: there are no messages in 'zh', a language of the task 'clause_type'")]
    [InlineData(
        "en: {user: ['{{clause}}']}\n  zh: {user: ['{{clause}}']}\n  zn: {user: ['{{clause}}']}",
        "6,3-5: TDSL1404: the task 'clause_type' is not given in the language 'zn'; did you mean '"
    )]
    [InlineData("en: {user: []}\n  zh: {user: ['{{clause}}']}", "4,14-15: TDSL1404: 'user' needs at least one template")]
    [InlineData(
        "en: {user: ['{{clause}}'], assistant: 'Type:'}\n  zh: {user: ['{{clause}}']}",
        "4,41-48: TDSL1404: 'assistant' must end with {{ output }}"
    )]
    [InlineData(
        "en: {user: ['{{clause}}'], assistant: '{{ output }} x'}\n  zh: {user: ['{{clause}}']}",
        "TDSL1404: 'assistant' must end with {{ output }}"
    )]
    public void A_prompt_fits_its_task(string languages, string expected)
    {
        var (problems, _, _) = Desk.Run($"prompt: a\ntask: clause_type\nlanguages:\n  {languages}\n");
        Assert.Contains(expected, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_makes_the_compiler_throw() =>
        Gen.OneOf(
                "{{",
                "}}",
                "{%{",
                "}%}",
                "{{-",
                "~}}",
                " ",
                "\n",
                "if",
                "for",
                "in",
                "end",
                "else",
                "x",
                "text",
                "items",
                "note",
                "|",
                "string.upcase",
                "array.join",
                "\"",
                "'",
                "(",
                ")",
                "[",
                "]",
                "{",
                "}",
                "1",
                "1.5",
                "..",
                "?",
                ":",
                "??",
                "?.",
                ".",
                "=",
                "==",
                "&&",
                "!",
                "-",
                "@",
                "$",
                "$0",
                "`",
                "#",
                "##",
                "\\",
                "do",
                "ret",
                "func",
                "capture",
                "case",
                "when",
                "while",
                "with",
                "import",
                "null",
                "empty",
                "for.index",
                "labels",
                "\ud800",
                "中",
                "1e999",
                "99999999999999999999"
            )
            .Array[0, 14]
            .Select(parts => string.Join(' ', parts))
            .Sample(
                template =>
                {
                    CompiledTemplates.Translate(template, []);
                    CompiledTemplates.Translate("{{ " + template + " }}", []);
                    return true;
                },
                iter: 3000
            );

    [Fact]
    public void Deep_nesting_is_an_error_and_not_a_crash()
    {
        var problems = new List<Generators.Diagnostics.Problem>();
        CompiledTemplates.Translate("{{ " + new string('(', 5000) + "1" + new string(')', 5000) + " }}", problems);
        Assert.Single(problems);
    }
}
