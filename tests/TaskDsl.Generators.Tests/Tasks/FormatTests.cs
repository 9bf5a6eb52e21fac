using System.Reflection;
using TaskDsl.Formats;
using TaskDsl.Generators.Fields;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Testing;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Tests.Tasks;

/// <summary>Formats of outputs are words: each says what it writes, and may have properties.</summary>
public class FormatTests
{
    private const string Own = """
        using System;
        using System.Buffers;
        using System.Collections.Generic;
        using System.Text;
        using TaskDsl.Grammars;
        using TaskDsl.Metrics;
        using TaskDsl.Metrics.Counting;
        using TaskDsl.Tasks;
        using TaskDsl.Vocabulary;

        namespace Own;

        [Keyword("marked"), Writes("string")]
        public sealed record MarkedFormat : OutputFormat
        {
            public required string Sign { get; init; }

            [FieldName("text", "string")]
            public string? Of { get; init; }

            public override IReadOnlyList<Metric> Metrics => [new Accuracy()];

            public void Write(IBufferWriter<byte> utf8, string source, string value) => Encoding.UTF8.GetBytes(Sign + value, utf8);

            public bool TryParse(ReadOnlySpan<byte> utf8, string source, out string value, out string error)
            {
                (value, error) = (Encoding.UTF8.GetString(utf8)[Sign.Length..], "");
                return true;
            }

            public Grammar Grammar(string source) =>
                TaskDsl.Grammars.Grammar.Sequence(TaskDsl.Grammars.Grammar.Literal(Sign), TaskDsl.Grammars.Grammar.Line);
        }

        [Keyword("mute")]
        public sealed record MuteFormat : OutputFormat
        {
            public override IReadOnlyList<Metric> Metrics => [new Accuracy()];
        }
        """;

    /// <summary>The types of fields that have a format of their own, with its word.</summary>
    public static TheoryData<string, string> Alone =>
        [.. FieldType.All.Where(type => type.Format is not null).Select(type => (type.Written, type.Format!))];

    [Theory]
    [MemberData(nameof(Alone))]
    public void The_format_of_a_type_writes_it(string type, string word)
    {
        var format = Words.Of(typeof(OutputFormat).Assembly).Choices(typeof(OutputFormat)).Single(choice => choice.Word == word).Type;
        Assert.Contains(type, format.GetCustomAttribute<WritesAttribute>()!.Types);
        Assert.Equal(AnswerFormat.Called(word).Type, $"global::{format.FullName}");
    }

    [Fact]
    public void The_metrics_of_a_format_measure_all_that_it_writes() =>
        Assert.All(Words.Of(typeof(OutputFormat).Assembly).Choices(typeof(OutputFormat)).Select(choice => choice.Type), type =>
        {
            var measured = ((OutputFormat)Words.Default(type))
                .Metrics.Select(metric => metric.GetType().GetCustomAttribute<MeasuresAttribute>())
                .ToList();
            Assert.NotEmpty(measured);
            if (type.GetCustomAttribute<WritesAttribute>() is not { } writes)
                Assert.All(measured, Assert.Null); // Any output.
            else
                Assert.All(measured, measures => Assert.Empty(measures is null ? [] : writes.Types.Except(measures.Types)));
        });

    [Fact]
    public void Only_json_writes_any_output() =>
        Assert.Equal(
            [typeof(JsonFormat)],
            Words
                .Of(typeof(OutputFormat).Assembly)
                .Choices(typeof(OutputFormat))
                .Select(choice => choice.Type)
                .Where(type => type.GetCustomAttribute<WritesAttribute>() is null)
        );

    [Fact]
    public void A_format_of_ones_own_is_called_with_its_properties()
    {
        var code = Task("{marked: {sign: '> ', of: t}}").Compiles()["a.task.g.cs"];
        Assert.Contains("global::Own.MarkedFormat format = new global::Own.MarkedFormat", code, StringComparison.Ordinal);
        Assert.Contains("Sign = \"> \"", code, StringComparison.Ordinal);
        Assert.Contains("format.Write(utf8, ((Input)input).T, ((Output)output).A);", code, StringComparison.Ordinal);
        Assert.NotEqual(Fingerprint(code), Fingerprint(Task("{marked: {sign: '# ', of: t}}").Compiles()["a.task.g.cs"]));
    }

    [Fact]
    public void Json_writes_one_field_too() =>
        Assert.Contains("JsonFormat format = new()", Task("json").Compiles()["a.task.g.cs"], StringComparison.Ordinal);

    [Theory]
    [InlineData("jsn", "error TDSL1102: 'jsn' is not an output format; did you mean 'json'?")]
    [InlineData(
        "labels",
        "error TDSL1302: format labels writes one field of type labels that is never absent, and the output has one string; "
            + "format text fits"
    )]
    [InlineData("mute", "error TDSL1302: format mute does not say what it writes; its record needs [Writes] with the types of field")]
    public void A_format_that_does_not_fit_is_told_at_its_place(string format, string expected) =>
        Task(format).Reports($"a.task.yaml(4,9): {expected}");

    [Fact]
    public void A_field_that_a_format_names_is_one_of_the_task() =>
        Task("{marked: {sign: '> ', of: tt}}").Reports("a.task.yaml(4,35): error TDSL1302: the task has no field 'tt'; did you mean 't'?");

    [Fact]
    public void What_an_answer_is_written_over_is_a_text_of_the_input() =>
        Task("{marked: {sign: '> ', of: a}}")
            .Reports("a.task.yaml(4,35): error TDSL1302: an answer is written over a text of the input; 'a' is none");

    [Fact]
    public void A_text_that_may_be_absent_is_empty_where_it_is() =>
        Assert.Contains(
            """format.Write(utf8, (((Input)input).T ?? ""), ((Output)output).A);""",
            Task("{marked: {sign: '> ', of: t}}", "text?").Compiles()["a.task.g.cs"],
            StringComparison.Ordinal
        );

    private static GeneratorRun Task(string format, string input = "text") =>
        Desk
            .Empty.AddSource("MarkedFormat.cs", Own)
            .Add("a.task.yaml", $"task: a\ninput: {{t: {input}}}\noutput: {{a: string}}\nformat: {format}\n")
            .Run();

    private static string Fingerprint(string code) =>
        code.Split('\n').Single(line => line.Contains("Fingerprint =>", StringComparison.Ordinal));
}
