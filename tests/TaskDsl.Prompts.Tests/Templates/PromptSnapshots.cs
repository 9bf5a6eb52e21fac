using TaskDsl.Testing;
using Xunit;

namespace TaskDsl.Prompts.Tests.Templates;

/// <summary>What a prompt's class looks like.</summary>
public class PromptSnapshots
{
    [Fact]
    public void A_plain_prompt() =>
        Verify(
            """
            prompt: a
            summary: Asks what a clause is & <why>.
            task: clause_type
            languages:
              en:
                user:
                  - |
                    One of: {{ labels | array.join ", " }}.
                    {{ clause | string.strip }}
              zh:
                system: 你是律师。
                user:
                  - "{{ clause }}"
                  - "{{ labels | array.join '、' }}？\n{{ clause }}"
                assistant: "{{ language }}：{{ output }}"
            demonstrations: 2
            chat_format: chatml
            """
        );

    [Fact]
    public void Loops_conditions_and_functions() =>
        Verify(
            """
            prompt: a
            task: clause_type
            languages:
              en:
                user:
                  - |
                    {{~ if note && facts.size > 1 ~}}
                    Note: {{ note | string.upcase }}
                    {{~ else if clause | string.starts_with "§" ~}}
                    A section.
                    {{~ end ~}}
                    {{~ for fact in facts limit: 3 ~}}
                    {{ for.index + 1 }}. {{ fact }}{{ if !for.last }};{{ end }}
                    {{~ else ~}}
                    No facts.
                    {{~ end ~}}
                    {{ short = clause | string.truncate 20; short }} {{ facts }} {{ note ?? "no note" }}
                      {{ clause }}
              zh: {user: ["{{ facts | array.reverse | array.join '；' }}"]}
            """
        );

    private static void Verify(string prompt, [System.Runtime.CompilerServices.CallerMemberName] string method = "")
    {
        var (problems, code, _) = Desk.Run(prompt);
        Assert.Empty(problems);
        Desk.Compile(prompt);
        Snapshot.Verify(code!, "cs", method: method);
    }
}
