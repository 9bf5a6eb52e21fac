using System.Text.Json;
using TaskDsl.HuggingFace.ChatTemplates.Jinja;
using Xunit;

namespace TaskDsl.Prompts.Tests.Jinja;

/// <summary>
/// What Jinja2 itself renders, set up as transformers sets it up; <c>reference.py</c> beside this file says how the files are made.
/// </summary>
public class JinjaReferenceTests(ITestOutputHelper log)
{
    [Theory]
    [MemberData(nameof(Files))]
    public void What_jinja_renders_is_rendered_and_what_it_refuses_is_refused(string path)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        var (templates, texts, refusals, differences) = (0, 0, 0, new List<string>());
        foreach (var @case in file.RootElement.EnumerateArray())
        {
            templates++;
            var template = @case.GetProperty("template").GetString()!;
            foreach (var run in @case.GetProperty("runs").EnumerateArray())
            {
                var (ours, refusal) = Render(template, run.GetProperty("variables"));
                var theirs = run.TryGetProperty("out", out var text) ? text.GetString() : null;
                var error = run.TryGetProperty("error", out var problem) ? problem.GetString() : null;
                if (theirs is null)
                    refusals++;
                else
                    texts++;
                if (ours != theirs)
                    differences.Add(
                        $"{Short(template, 0)}\n  with {Short(run.GetProperty("variables").GetRawText(), 0)}\n  Jinja: "
                            + $"{Around(theirs, ours)}{error}\n  ours:  {Around(ours, theirs)}{refusal}"
                    );
            }
        }

        log.WriteLine($"{path}: {templates} templates, {texts} texts and {refusals} refusals compared, {differences.Count} differ");
        Assert.True(templates > 0);
        Assert.True(
            differences.Count == 0,
            $"{differences.Count} of {texts + refusals} differ\n\n" + string.Join("\n\n", differences.Take(60))
        );
    }

    public static TheoryData<string> Files() =>
        Environment.GetEnvironmentVariable("TASKDSL_CHAT_CASES") is { Length: > 0 } more
            ? new TheoryData<string>(Golden("fragments.golden.json"), more)
            : new TheoryData<string>(Golden("fragments.golden.json"));

    internal static string Golden(string file) => Path.Combine(AppContext.BaseDirectory, "Jinja", file);

    private static (string? Text, string? Error) Render(string template, JsonElement variables)
    {
        try
        {
            return (JinjaTemplate.Parse(template).Render(Variables.Of(variables), Variables.Now).Value, null);
        }
        catch (JinjaException e)
        {
            return (null, $"({e.At.Line},{e.At.Column}): {e.Message}");
        }
    }

    /// <summary>Where two texts part.</summary>
    private static string Around(string? text, string? other) =>
        text is null ? "" : Short(text, other is null ? 0 : Math.Max(0, text.AsSpan().CommonPrefixLength(other) - 60));

    private static string Short(string text, int from) => text.Length - from <= 300 ? text[from..] : text[from..(from + 300)] + "…";
}
