using TaskDsl.Architecture;
using TaskDsl.Generators.Tests.Packaging;

namespace TaskDsl.Generators.Tests;

/// <summary>The generator's rooms, bottom first: a room knows only rooms above it in the list. And the checker itself.</summary>
public class ArchitectureTests
{
    private static readonly Room[] Generator =
    [
        new("Values", "what is equal by what it holds: the pipeline compares by it"),
        new("Diagnostics", "places in files, and every kind of mistake"),
        new("Yaml", "text to nodes with their places"),
        new("Vocabulary", "the words, read from the compilation's types"),
        new("Binding", "nodes fitted to the vocabulary"),
        new("Emission", "C# by lines, and names across the border; it knows no task"),
        new("Scriban/Types", "what a template's variable holds"),
        new("Scriban/Terms", "expressions, typed and written in C#"),
        new("Scriban", "the template compiler"),
        new("Fields", "the types of a task's fields, one a file"),
        new("Columns", "the first lines of data files, against declared columns"),
        new("Flow", "the stages of the pipeline, and what a kind of file is"),
        new("Kinds/Definition", "a record and no more, as a recipe"),
        new("Kinds/Task", "typed records, and what reads, writes and scores them"),
        new("Kinds/Prompt", "templates over a task"),
        new("Kinds/Recipe", "what of a recipe must be such as its tasks are"),
        new("Kinds/Pipeline", "steps that name each other"),
        new("Kinds", "the list of these"),
        new("", "the wiring"),
    ];

    [Fact]
    public void The_generators_rooms_stand()
    {
        var files = House.Read(Path.Combine(Dotnet.Repository, "generators", "TaskDsl.Generators"));
        Assert.Equal("", string.Join('\n', new House("TaskDsl.Generators", files, Generator).Faults()));
    }

    [Fact]
    public void A_house_in_order_has_no_faults() => Assert.Empty(Small());

    [Theory]
    [InlineData(
        "Low/Base.cs",
        "namespace H.Low; public class Base { H.High.Top? top; }",
        "Low -> High, which lies above it: Base.cs names Top"
    )]
    [InlineData("Low/Base.cs", "namespace H; public class Base;", "Low/Base.cs: the namespace is H; its folder's is H.Low")]
    [InlineData("Low/Base.cs", "namespace H.Low; public class Base; public record Other;", "Low/Base.cs: 2 public types: Base, Other")]
    [InlineData("Cellar/Wine.cs", "namespace H.Cellar; public class Wine;", "Cellar/Wine.cs: lies in no room of the list")]
    [InlineData(
        "High/Red.cs",
        """namespace H.High; [H.Low.Keyword("red")] public record Red;""",
        "High/Red.cs: the word Red, in a room of machinery"
    )]
    [InlineData(
        "Words/Mixer.cs",
        "namespace H.Words; public class Mixer;",
        "Words/Mixer.cs: 0 words, in a room that holds one word a file"
    )]
    [InlineData(
        "Words/Scarlet.cs",
        """namespace H.Words; [H.Low.Keyword("red")] public record Scarlet;""",
        "Words/Scarlet.cs: the word red is the type Scarlet; expected its name, its name and kind, or New and its name"
    )]
    public void A_planted_mistake_is_found(string path, string text, string expected) => Assert.Equal([expected], Small((path, text)));

    [Fact]
    public void What_is_too_long_is_found() =>
        Assert.Equal(
            ["Low/Base.cs: 351 lines; at most 350", "Low/Base.cs(351): 141 columns; at most 140"],
            Small(("Low/Base.cs", "namespace H.Low; public class Base;" + new string('\n', 350) + "//" + new string('x', 139) + "\n"))
        );

    [Theory]
    [InlineData("Low/Base.cs", "namespace H.Low; public class Base { public record Part; } internal class Own;")]
    [InlineData(
        "Words/Blue.cs",
        """namespace H.Words; [H.Low.Keyword("blue")] public record Blue(Shade Shade); public enum Shade { Light }"""
    )]
    [InlineData("Words/RedColor.cs", """namespace H.Words; [H.Low.Keyword("red")] public record RedColor : H.Low.Color;""")]
    [InlineData("Words/NewRed.cs", """namespace H.Words; [H.Low.Keyword("red")] public record NewRed;""")]
    public void What_may_be_is_no_fault(string path, string text) => Assert.Empty(Small((path, text)));

    private static IReadOnlyList<string> Small(params (string Path, string Text)[] edits)
    {
        var files = new Dictionary<string, string>
        {
            ["Low/Base.cs"] = "namespace H.Low; public class Base;",
            ["Low/Color.cs"] = "namespace H.Low; public abstract record Color;",
            ["Low/KeywordAttribute.cs"] = "namespace H.Low; public class KeywordAttribute(string word) : System.Attribute;",
            ["Words/Green.cs"] = """namespace H.Words; [H.Low.Keyword("green")] public record Green : H.Low.Color;""",
            ["High/Top.cs"] = "namespace H.High; public class Top(H.Low.Base below) { public object Below => below; }",
        };
        foreach (var (path, text) in edits)
            files[path] = text;
        return new House(
            "H",
            files,
            new Room("Low", "what others stand on"),
            new Room("Words", "words") { Words = true },
            new Room("High", "what stands on it")
        ).Faults();
    }
}
