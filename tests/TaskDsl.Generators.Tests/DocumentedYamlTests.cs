using System.Text.RegularExpressions;
using TaskDsl.Generators.Tests.Packaging;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>
/// The YAML of a page compiles, without a warning, where the page has all of it: each block says in its first line which file it is.
/// </summary>
public sealed partial class DocumentedYamlTests
{
    // Of the data a page shows a few lines at most.
    private const string MissingFile = "TDSL1108";

    public static TheoryData<string> Pages => ["getting-started.md", "prompts.md", "recipes.md", "tasks.md"];

    [Theory, MemberData(nameof(Pages))]
    public void Compiles(string page)
    {
        var files = Files(File.ReadAllText(Path.Combine(Dotnet.Repository, "docs", page)));
        Assert.True(files.Count > 1, "no files");
        Assert.Empty(Faults(files));
    }

    [Fact]
    public void What_does_not_compile_is_found()
    {
        var files = Files("```yaml\n# tasks/a.task.yaml\ntask: a\ninput: {x: text}\noutput: {y: lable}\n```\n");
        Assert.Contains(Faults(files), fault => fault.Contains("TDSL1301", StringComparison.Ordinal));
    }

    private static List<(string Path, string Text)> Files(string page) =>
        [.. Block().Matches(page).Select(block => (block.Groups["path"].Value, block.Groups["text"].Value))];

    private static List<string> Faults(List<(string Path, string Text)> files) =>
        [
            .. files
                .Aggregate(new GeneratorProject(), (project, file) => project.Add(file.Path, file.Text))
                .Run()
                .Diagnostics.Where(d => d.Id != MissingFile)
                .Select(d => d.ToString()),
        ];

    [GeneratedRegex(@"^```yaml\n(?<text># (?<path>\S+\.yaml)\n.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
