using System.Text.Json.Nodes;
using TaskDsl.App.Sessions;

namespace TaskDsl.App.Tests;

/// <summary><c>evaluate --answers</c>: files of ready answers are columns, read as the step <c>answers</c> reads them.</summary>
public sealed class ReadyAnswersTests : IDisposable
{
    private const string Key = "answers.key=note";
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_is_a_column_and_what_is_wrong_with_it_is_noted()
    {
        var notes = await TestNotesAsync();
        Assert.True(notes.Count >= 3, "the test part is too small for this test");
        var file = Write(
            "big.jsonl",
            [
                .. notes.Skip(1).Index().Select(n => Record(n.Item.Note, n.Index == 0 ? "I cannot tell." : $"It is {n.Item.Sky}.")),
                Record("Nobody wrote this.", "It is sunny."),
            ]
        );
        var (code, printed) = await EvaluateAsync(file, Key, "answers.answer=said", "answers.format=mentions", "answers.where.who=big");
        Assert.True(code == ExitCode.Success, printed);
        Assert.Contains(" big │", Wide(printed), StringComparison.Ordinal);
        var right = (notes.Count - 2.0) / notes.Count;
        Assert.Matches($@"weather .* en .* accuracy .* {notes.Count} .* {right:0.000}", printed);
        Assert.Contains("note: big: answers ", printed, StringComparison.Ordinal);
        Assert.Contains("no label is mentioned 1", printed, StringComparison.Ordinal);
        Assert.Contains("left out: no example has their note 1", printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_stands_beside_models_and_other_files()
    {
        var notes = await TestNotesAsync();
        string[] files =
        [
            Write("one.jsonl", notes.Select(note => Record(note.Note, note.Sky))),
            Write("other.jsonl", notes.Select(note => Record(note.Note, "sunny"))),
        ];
        var (code, printed) = await Desk.RunAsync("train", "tiny", "--out", folder.Path, "--set", "budget.steps=2");
        Assert.True(code == ExitCode.Success, printed);
        string[] evaluate = ["evaluate", folder.In("tiny"), "--prompt", "weather", "--set", Key, "--set", "answers.answer=said"];
        (code, printed) = await Desk.RunAsync([.. evaluate, "--answers", .. files]);
        Assert.True(code == ExitCode.Success, printed);
        Assert.Matches(@"│ +tiny │ +one │ +other │", printed);
        Assert.Matches(@"weather +│ en +│ accuracy +│ \d+ +│ +[01]\.\d+.*│ +1\.000", printed);
    }

    [Theory]
    [InlineData("evaluate needs a model, or a file of --answers.", ExitCode.Usage)]
    [InlineData("there is no such file in", ExitCode.Mistake, "--answers", "no_such.jsonl", "--prompt", "weather", "--set", Key)]
    [InlineData(
        "has answers to one task, and several are measured; say which, as --set answers.task=",
        ExitCode.Mistake,
        "--answers",
        "x.jsonl"
    )]
    [InlineData("answers.key=note says how a file of answers is read, and there is none", ExitCode.Mistake, "x", "--set", Key)]
    [InlineData(
        "there is no task named 'wether'; did you mean 'weather'?",
        ExitCode.Mistake,
        "--answers",
        "x",
        "--set",
        "answers.task=wether"
    )]
    [InlineData(
        "the input of the task 'weather' has no field 'nte'; did you mean 'note'?",
        ExitCode.Mistake,
        "--answers",
        "x",
        "--prompt",
        "weather",
        "--set",
        "answers.key=nte"
    )]
    [InlineData(
        "'kee' is not a property of answers; did you mean 'key'?",
        ExitCode.Mistake,
        "--answers",
        "x",
        "--prompt",
        "weather",
        "--set",
        "answers.kee=note"
    )]
    [InlineData("name a field of its input by key.", ExitCode.Mistake, "--answers", "x", "--prompt", "weather")]
    [InlineData(
        "answers are to the task 'exam', which is not measured here",
        ExitCode.Mistake,
        "--answers",
        "x",
        "--prompt",
        "weather",
        "weather_short",
        "town_sky",
        "--set",
        "answers.task=exam"
    )]
    public async Task What_cannot_be_meant_is_said(string expected, int exit, params string[] args)
    {
        var (code, printed) = await Desk.RunAsync(["evaluate", .. args]);
        Assert.Equal(exit, code);
        Assert.Contains(expected, Wide(printed), StringComparison.Ordinal);
        Assert.Equal(2, printed.Split("error:").Length);
    }

    [Theory]
    [InlineData("{\"note\": \"a\"", "cut.jsonl(1): error:")]
    [InlineData("[1]", "cut.jsonl")]
    [InlineData("", "cut.jsonl: it has no record.")]
    [InlineData("{\"note\": \"a\", \"answer\": \"sunny\"}", "none of the answers is to an example of the task 'weather'")]
    public async Task A_broken_file_is_told_with_its_place(string text, string expected)
    {
        var file = folder.In("cut.jsonl");
        await File.WriteAllTextAsync(file, text);
        var (code, printed) = await EvaluateAsync(file, Key);
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains(expected, Wide(printed), StringComparison.Ordinal);
    }

    private static Task<(int Code, string Printed)> EvaluateAsync(string file, params string[] settings) =>
        Desk.RunAsync(["evaluate", "--answers", file, "--prompt", "weather", .. settings.SelectMany(set => new[] { "--set", set })]);

    private static string Wide(string printed) => printed.ReplaceLineEndings(" ");

    private static JsonObject Record(string note, string said) =>
        new()
        {
            ["note"] = note,
            ["who"] = "big",
            ["said"] = said,
        };

    private string Write(string name, IEnumerable<JsonObject> records)
    {
        var file = folder.In(name);
        File.WriteAllLines(file, records.Select(record => record.ToJsonString()));
        return file;
    }

    private static async Task<List<(string Note, string Sky)>> TestNotesAsync()
    {
        using var data = await Weather.Build().ToDatasetAsync();
        return [.. data.Test.Where(example => example.Language == "en").Select(e => (e.Input.Note, Weather.Task.Items(e.Output)[0].Value))];
    }
}
