using System.Text.RegularExpressions;

namespace TaskDsl.Generators.Tests.Packaging;

/// <summary>What somebody has who begins with nothing: <c>dotnet new</c>, from the packages alone, in a fresh folder.</summary>
[Trait("Category", "Long")]
public sealed class TemplatesTests(Feed feed) : IClassFixture<Feed>
{
    [Fact]
    public void A_desk_trains_grows_and_is_tested()
    {
        var folder = feed.NewFolder("beginner");
        var desk = Path.Combine(folder, "MyDesk");
        New(folder, "install", "TaskDsl.Templates");
        New(folder, "taskdsl", "-n", "MyDesk");
        var trained = Dotnet.Do(desk, "run", "--", "train", "first");
        Assert.Matches(@"│ topic │ en +│ accuracy │ 22 +│ +0\.\d", trained);
        Assert.DoesNotContain("warning", trained, StringComparison.OrdinalIgnoreCase);
        // The message of its page, answered.
        Assert.Equal("delivery", Run(desk, "predict", "first", "topic", "--input", """{"text": "Where is my parcel?"}""").Trim());
        Assert.True(File.Exists(Path.Combine(desk, ".gitignore")));

        // An item each: what is new compiles as it is, and runs.
        New(desk, "task", "-n", "UrgentMail");
        New(desk, "prompt", "-n", "urgent_mail");
        New(desk, "recipe", "-n", "second", "--task", "urgent_mail");
        New(desk, "pipeline", "-n", "compare", "--recipe", "second", "--task", "urgent_mail");
        Dotnet.Do(desk, "build", "--no-restore", "-warnaserror");
        Assert.Contains("urgent_mail en accuracy", Run(desk, "run", "compare"), StringComparison.Ordinal);
        var (code, output) = Dotnet.Run(desk, [.. NewWords, "recipe", "-n", "third", .. Hive]);
        Assert.NotEqual(0, code);
        Assert.Contains("'--task'", output, StringComparison.Ordinal);

        // Its tests: snapshots are to be accepted once, gates hold.
        New(folder, "taskdsl-tests", "-n", "MyDesk.Tests");
        var tests = Path.Combine(folder, "MyDesk.Tests");
        (code, output) = Dotnet.Run(tests, "test");
        Assert.True(code != 0 && output.Contains("Failed:     3, Passed:     1,", StringComparison.Ordinal), output);
        Assert.Contains("does not exist yet", output, StringComparison.Ordinal);
        Accept(tests);
        Assert.Contains("Passed:     4,", Dotnet.Do(tests, "test", "--no-build"), StringComparison.Ordinal);
        // A gate that does not hold, and a prompt that says something else.
        Replace(Path.Combine(desk, "pipelines", "gate.pipeline.yaml"), "> 0.4", "> 1.4");
        Replace(Path.Combine(desk, "prompts", "topic.prompt.yaml"), "this message", "the message");
        (code, output) = Dotnet.Run(tests, "test");
        Assert.True(code != 0 && output.Contains("Failed:     3, Passed:     1,", StringComparison.Ordinal), output);
        Assert.Contains("scores.tuned.accuracy > 1.4: ", output, StringComparison.Ordinal);
        Assert.Contains("+ What is the message about?", output, StringComparison.Ordinal);
    }

    [Theory, InlineData("9lives-hr"), InlineData("人事 desk")]
    public void Tests_find_a_desk_whose_name_is_no_namespace(string desk)
    {
        var folder = feed.NewFolder(desk);
        New(folder, "install", "TaskDsl.Templates");
        New(folder, "taskdsl", "-n", desk);
        New(folder, "taskdsl-tests", "-n", "Checks", "--desk", desk);
        Dotnet.Do(Path.Combine(folder, "Checks"), "build", "-warnaserror");
    }

    /// <summary>What docs/getting-started.md shows, word by word.</summary>
    [Fact]
    public void The_page_for_beginners_holds_without_the_templates_too()
    {
        var folder = feed.NewFolder("page");
        New(folder, "console", "-n", "MyDesk", "--framework", "net10.0", "--no-restore");
        var desk = Path.Combine(folder, "MyDesk");
        foreach (var package in (string[])["TaskDsl.App", "TaskDsl.Generators"])
            Dotnet.Do(desk, "add", "package", package);
        var page = File.ReadAllText(Path.Combine(Dotnet.Repository, "docs", "getting-started.md"));
        foreach (Match yaml in Regex.Matches(page, "^```yaml\n# (\\S+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline))
            Write(yaml.Groups[1].Value, yaml.Groups[2].Value);
        Write("data/messages.jsonl", Block("json"));
        Write("Program.cs", Block("csharp"));
        Assert.Matches("│ topic │ en +│ accuracy │", Dotnet.Do(desk, "run", "--", "train", "first"));

        string Block(string language) =>
            Regex.Match(page, $"^```{language}\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value;

        void Write(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(desk, path))!);
            File.WriteAllText(Path.Combine(desk, path), text);
        }
    }

    private static string[] NewWords => ["new"];

    // The machine's own templates stay as they are.
    private string[] Hive => ["--debug:custom-hive", Path.Combine(feed.Folder, "hive")];

    private void New(string folder, params string[] words) => Dotnet.Do(folder, [.. NewWords, .. words, .. Hive]);

    private static string Run(string desk, params string[] words) => Dotnet.Do(desk, ["run", "--no-build", "--", .. words]);

    private static void Accept(string tests)
    {
        foreach (var received in Directory.EnumerateFiles(tests, "*.received.*"))
            File.Move(received, received.Replace(".received.", ".verified.", StringComparison.Ordinal));
    }

    private static void Replace(string path, string old, string now)
    {
        var text = File.ReadAllText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(old, now, StringComparison.Ordinal));
    }
}
