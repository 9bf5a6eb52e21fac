using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Shapes;
using TaskDsl.Data.Sources;
using TaskDsl.Data.Stages;

namespace TaskDsl.Tests.Data;

/// <summary>Records whose answer is one of their own options, read from files.</summary>
public sealed class ChoiceRecordTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-").FullName;

    private DataOptions Options => new() { ProjectDirectory = folder };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_does_not_fit_is_set_aside_with_its_line_and_reason()
    {
        var many = string.Join(", ", Enumerable.Range(0, 27).Select(i => $"\"{i}\""));
        Write(
            """{"question": "one", "options": ["yes", "no"], "answer": "no"}""",
            """{"question": "two", "options": ["yes", "no"], "answer": "maybe"}""",
            """{"question": "three", "options": [], "answer": "yes"}""",
            """{"question": "four", "options": ["yes", "yes"], "answer": "yes"}""",
            """{"question": "five", "options": ["yes", "no"], "answer": 1}""",
            """{"question": "six", "options": ["yes", "no"]}""",
            $$"""{"question": "seven", "options": [{{many}}], "answer": "0"}"""
        );
        var data = await LenientExam.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        Assert.Equal("one", Assert.Single(data.Train).Input.Question);
        Assert.Equal(7, data.Report.Read);
        var aside = File.ReadAllLines(Path.Combine(folder, "lenient_exam.rejects.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal([2, 3, 4, 5, 6, 7], aside.Select(each => each.GetProperty("line").GetInt32()));
        string[] reasons = ["'maybe'", "no options", "'yes' a second time", "the number 1", "nothing", "27 options"];
        Assert.All(aside.Zip(reasons), pair => Assert.Contains(pair.Second, pair.First.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_nothing_is_set_aside_the_place_is_told()
    {
        Write("""{"question": "one", "options": ["yes", "no"], "answer": "No"}""");
        var error = await Assert.ThrowsAsync<DataException>(() => Exam.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.StartsWith(
            "a.jsonl(1): error: field 'answer': found 'No', expected one of the options in 'options', letter by letter as it stands there: "
                + "'yes', 'no'",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Options_and_answer_are_normalised_alike_and_stay_one()
    {
        Write("""{"question": "one", "options": ["ｙｅｓ", " no "], "answer": "ｙｅｓ"}""");
        var data = await Exam.Build().FromJsonl("a.jsonl").With(new NormalizeText { Form = NormalForm.Nfkc }).ToDatasetAsync(Options);
        var example = Assert.Single(data.Train);
        Assert.Equal(["yes", "no"], example.Input.Options);
        Assert.Equal("yes", example.Output.Answer);
    }

    /// <summary>Letters are each record's own: one that others gave would silently be another option's.</summary>
    [Fact]
    public async Task An_answer_of_a_shape_is_refused()
    {
        Write("""{"instruction": "Which?", "options": ["yes", "no"], "output": "A"}""");
        var source = new JsonLines
        {
            Path = "a.jsonl",
            Shape = new Alpaca(),
            Columns = new Dictionary<string, string> { ["question"] = "prompt" },
        };
        var error = await Assert.ThrowsAsync<DataException>(() => Exam.Build().From(source).ToDatasetAsync(Options));
        Assert.StartsWith(
            "a.jsonl(1): error: field 'output': found an answer that is one text, expected the option's text in a field 'answer'",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private void Write(params string[] lines) => File.WriteAllLines(Path.Combine(folder, "a.jsonl"), lines);
}
