using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests;

/// <summary>
/// Words of one's own while they are typed: an attribute without its arguments, or with others, is the C# compiler's to tell. The generator
/// goes on, for one that threw would leave the whole project without its code.
/// </summary>
public class HalfTypedTests
{
    private const string Zoo = """
        using System.Collections.Generic;
        using System.ComponentModel;
        using System.ComponentModel.DataAnnotations;
        using System.Text.Json.Serialization;
        using TaskDsl.Metrics;
        using TaskDsl.Metrics.Counting;
        using TaskDsl.Tasks;
        using TaskDsl.Vocabulary;
        namespace Zoo;
        [Document("animal")] public sealed record Animal : Definition
        {
            public int Legs { get; init; }
            public string Food { get; init; } = "";
            public Size Size { get; init; }
            public Cage Cage { get; init; } = new Open();
        }
        public abstract record Cage;
        public enum Size { Small, Large }
        [Keyword("open")] public sealed record Open : Cage;
        [Keyword("glass")] public sealed record Glass : Cage;
        """;

    private static readonly GeneratorProject Whole = Desk
        .Empty.AddSource("zoo.cs", Zoo)
        .Add("mood.task.yaml", Desk.Task)
        .Add("a.animal.yaml", "animal: a\nlegs: 4\nfood: hay\nsize: small\ncage: {open: {}}\n");
    private static readonly Lazy<GeneratorRun> First = new(() => Whole.Run().Compiles());

    public static TheoryData<string, string> Attributes
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var before in (string[])["public int Legs", "public Cage Cage"])
            foreach (
                var name in (string[])
                    [
                        "AlsoCalled",
                        "Beside",
                        "DefaultValue",
                        "FieldName",
                        "FilePath",
                        "Length",
                        "Range",
                        "RegularExpression",
                        "Shorthand",
                        "Sole",
                        "WordOf",
                    ]
            )
                data.Add(before, name);
            foreach (var name in (string[])["AnyOf", "Measures", "Writes"])
                data.Add("public sealed record Open", name);
            data.Add("[Keyword(\"open\")]", "Keyword");
            data.Add("[Document(\"animal\")]", "Document");
            data.Add("Small", "JsonStringEnumMemberName");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Attributes))]
    public void An_attribute_does_not_stop_the_generator(string before, string name)
    {
        foreach (
            var arguments in (string[])
                [
                    "",
                    "()",
                    "(",
                    "(1)",
                    "(1, 2)",
                    "(null)",
                    "(null, null)",
                    "(\"(\")",
                    "(\"a\", 1)",
                    "(\"a\", nameof(Missing))",
                    "(\"a\", [\"Legs\", null])",
                    "(new[] { \"a\" })",
                    "(new[] { 1 }, \"a\")",
                    "(typeof(Missing))",
                    "(typeof(string))",
                    "(typeof(Size), \"Small\", \"Large\")",
                    "('a')",
                    "(\"a\", Matches = 1, MayBeAbsent = \"a\")",
                ]
        )
        {
            var attribute = $"[{name}{arguments}]";
            var source = Zoo.Replace(before, before[0] == '[' ? attribute : $"{attribute} {before}", StringComparison.Ordinal);
            var run = First.Value.Again(Whole.AddSource("zoo.cs", source));
            Assert.Contains(run.Files, file => file.HintName.Contains("mood", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("[Keyword()]")]
    [InlineData("[Keyword(1)]")]
    public void A_word_without_its_text_is_none_yet(string attribute) =>
        Desk
            .Empty.AddSource("zoo.cs", Zoo.Replace("[Keyword(\"open\")]", attribute, StringComparison.Ordinal))
            .Add("a.animal.yaml", "animal: a\ncage: open\n")
            .Run()
            .Reports("a.animal.yaml(2,7): error TDSL1102: 'open' is not a cage; expected one of glass");
}
