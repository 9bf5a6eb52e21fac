using TaskDsl.Architecture;
using TaskDsl.Generators.Tests.Packaging;

namespace TaskDsl.Generators.Tests;

public class ArchitectureTests
{
    // The lowest first; a room knows those above its line only.
    private const string Generator = """
        Values            what is equal by what it holds: the pipeline compares by it
        Diagnostics       places in files, and every kind of mistake
        Yaml              text to nodes with their places
        Vocabulary        the words, read from the compilation's types
        Binding           nodes fitted to the vocabulary
        Emission          C# by lines, and names across the border; it knows no task
        Scriban/Types     what a template's variable holds
        Scriban/Terms     expressions, typed and written in C#
        Scriban           the template compiler
        Fields            the types of a task's fields, one a file
        Columns           the first lines of data files, against declared columns
        Flow              the stages of the pipeline, and what a kind of file is
        Kinds/Definition  a record and no more, as a recipe
        Kinds/Task        typed records, and what reads, writes and scores them
        Kinds/Prompt      templates over a task
        Kinds             the list of these
        .                 the wiring
        """;

    [Fact]
    public void The_generators_rooms_stand() =>
        Assert.Equal(
            "",
            string.Join(
                '\n',
                new Rooms("TaskDsl.Generators", Generator).Mistakes(
                    Rooms.Read(Path.Combine(Dotnet.Repository, "generators", "TaskDsl.Generators"))
                )
            )
        );

    [Fact]
    public void A_house_in_order_has_no_mistakes() => Assert.Empty(Small());

    [Theory]
    [InlineData(
        "Low/Base.cs",
        "namespace House.Low; public class Base { House.High.Top? top; }",
        "Low knows High, which is above it: Low/Base.cs(1): Top|High → Low → High: a circle"
    )]
    [InlineData("Low/Base.cs", "namespace House; public class Base;", "Low/Base.cs: its namespace is House, its folder's is House.Low")]
    [InlineData(
        "Low/Base.cs",
        "namespace House.Low; public class Base; internal record Other;",
        "Low/Base.cs: it holds 2 types: Base, Other"
    )]
    [InlineData("Low/Base.cs", "namespace House.Low; public class Other;", "Low/Base.cs: none of its types is called like it")]
    [InlineData("Cellar/Wine.cs", "namespace House.Cellar; public class Wine;", "Cellar: the list has no such room")]
    public void A_planted_mistake_is_found(string path, string text, string expected) =>
        Assert.Equal(expected.Split('|'), Small((path, text)));

    [Fact]
    public void What_is_too_long_is_found() =>
        Assert.Equal(
            ["Low/Base.cs: it has 351 lines, more than 350", "Low/Base.cs(351): the line has 141 characters, more than 140"],
            Small(("Low/Base.cs", "namespace House.Low; public class Base;" + new string('\n', 350) + "//" + new string('x', 139) + "\n"))
        );

    [Fact]
    public void What_a_word_may_have_beside_it_is_no_mistake() =>
        Assert.Empty(
            Small(("Low/Base.cs", "namespace House.Low; public class Base { public record Part; } public enum Way { A } file class Own;"))
        );

    private static IReadOnlyList<string> Small(params (string Path, string Text)[] edits)
    {
        var files = new Dictionary<string, string>
        {
            ["Low/Base.cs"] = "namespace House.Low; public class Base;",
            ["High/Top.cs"] = "namespace House.High; public class Top(House.Low.Base below) { public object Below => below; }",
        };
        foreach (var (path, text) in edits)
            files[path] = text;
        return new Rooms("House", "Low   what others stand on\nHigh  what stands on it").Mistakes(files);
    }
}
