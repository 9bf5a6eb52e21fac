using System.Text.RegularExpressions;

namespace TaskDsl.App.Tests.Drafting;

/// <summary>The example of docs/drafting.md is what comes out.</summary>
public sealed partial class DraftingPageTests
{
    [Fact]
    public async Task Its_example_is_what_is_drafted()
    {
        var page = File.ReadAllText(Path.Combine(Desk.Repository, "docs", "drafting.md"));
        var blocks = Blocks().Matches(page).ToLookup(block => block.Groups["kind"].Value, block => block.Groups["text"].Value);
        using var project = new DraftProject().With("data/tickets.csv", blocks["csv"].Single());
        await project.DraftAsync("data/tickets.csv");
        string[] drafted = [.. ((string[])["task", "prompt", "recipe"]).Select(kind => project.Read($"{kind}s/tickets.{kind}.yaml"))];
        Assert.Equal(drafted, blocks["yaml"]);
        project.Compiled();
    }

    [GeneratedRegex("^```(?<kind>csv|yaml)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
