using System.Text.RegularExpressions;

namespace TaskDsl.App.Tests;

/// <summary><c>docs/command-line.md</c> has a section for each verb, and in it the options that the verb's own help shows.</summary>
public sealed partial class CommandLinePageTests
{
    [Fact]
    public async Task Every_verb_has_a_section_with_all_its_options()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Desk.Repository, "docs", "command-line.md"));
        var sections = Section().Matches(page).ToDictionary(s => s.Groups["verb"].Value, s => s.Groups["text"].Value);
        var help = await HelpAsync();
        var verbs = Verb()
            .Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..])
            .Select(v => v.Groups["name"].Value)
            .ToList();
        Assert.Equal(verbs.Order(StringComparer.Ordinal), sections.Keys.Order(StringComparer.Ordinal));
        Assert.True(verbs.Count > 10);
        foreach (var (verb, section) in sections)
        {
            var options = Option().Matches(await HelpAsync(verb)).Select(o => o.Groups["name"].Value).Except(["--verbose", "--version"]);
            Assert.Equal(
                options.Order(StringComparer.Ordinal).Prepend(verb),
                Row().Matches(section).Select(row => row.Groups["name"].Value).Order(StringComparer.Ordinal).Prepend(verb)
            );
        }
    }

    private static async Task<string> HelpAsync(params string[] verb)
    {
        var (code, output) = await Desk.RunAsync([.. verb, "--help"]);
        Assert.Equal(0, code);
        return output.ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"^### (?<verb>[a-z-]+)\n(?<text>.*?)(?=^##|\z)", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^  (?<name>[a-z]\S*)", RegexOptions.Multiline)]
    private static partial Regex Verb();

    [GeneratedRegex(@"^  (?<name>--\S+)", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex(@"^\| `(?<name>--[a-z]+)", RegexOptions.Multiline)]
    private static partial Regex Row();
}
