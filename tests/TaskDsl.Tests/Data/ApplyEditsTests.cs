using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Stages;

namespace TaskDsl.Tests.Data;

/// <summary>The rules by which texts are refined and left out (ProX, arXiv 2409.17115).</summary>
public sealed class ApplyEditsTests : SourceTest
{
    private static readonly ApplyEdits Stage = new() { Of = "sentence", By = "corrected" };

    // Twelve words, the last line of one.
    private const string Page = "one two three\nfour five six seven eight nine ten eleven\ntwelve";

    [Theory]
    [InlineData("remove_lines(2, 2)", "one two three\nfour five six seven eight nine ten eleven\n")]
    [InlineData("remove_lines(2, 2)\nwhat?", "one two three\nfour five six seven eight nine ten eleven\n")] // One error.
    [InlineData("remove_lines(2, 2)\nwhat?\nremove_lines(3, 3)", Page)] // Two: as it was.
    [InlineData("drop_doc()\nwhat?\nwhat?", Page)]
    [InlineData("keep_doc()", Page)]
    [InlineData("", Page)]
    public void A_program_with_few_errors_is_run(string program, string expected)
    {
        Assert.Equal(expected, Stage.Refined(Page, program, out var why));
        Assert.Null(why);
    }

    [Fact]
    public void What_little_stays_of_is_left_out()
    {
        Assert.Null(Stage.Refined(Page, "drop_doc()", out var why));
        Assert.Equal("its program drops it", why);
        // Nine of twelve stay: no more than ten.
        Assert.Null(Stage.Refined(Page, "remove_lines(0, 0)", out why));
        Assert.Equal("no more than 10 words are left of it", why);
        Assert.NotNull((Stage with { LeastWords = 8 }).Refined(Page, "remove_lines(0, 0)", out _));
        // Nineteen of twenty go.
        var lines = string.Join('\n', Enumerable.Range(0, 20).Select(i => $"w{i}"));
        var lenient = Stage with { LeastWords = 0 };
        Assert.Null(lenient.Refined(lines, "remove_lines(0, 18)", out why));
        Assert.Equal("0.95 or more of its words go", why);
        Assert.Equal("w18\nw19", lenient.Refined(lines, "remove_lines(0, 17)", out _));
    }

    [Fact]
    public async Task The_field_gets_what_is_made_and_what_is_left_out_is_counted()
    {
        string[] programs = ["remove_lines(2, 2)", "drop_doc()", "remove_lines(0, 0)", "keep_doc()"];
        Write(
            "a.jsonl",
            string.Join('\n', programs.Select((p, i) => JsonSerializer.Serialize(new { sentence = $"{Page}{i}", corrected = p })))
        );
        using var data = await Corrected.Build().FromJsonl("a.jsonl").With(Stage).ToDatasetAsync(Options);
        var made = data.Train.Concat(data.Validation).Concat(data.Test).Select(e => (e.Input.Sentence, e.Output.Corrected)).ToHashSet();
        Assert.Equal([("one two three\nfour five six seven eight nine ten eleven\n", programs[0]), ($"{Page}3", programs[3])], made);
        Assert.Equal(1, data.Report.Dropped["its program drops it"]);
        Assert.Equal(1, data.Report.Dropped["no more than 10 words are left of it"]);
    }

    [Fact]
    public async Task A_field_that_there_is_not_is_told()
    {
        Write("a.jsonl", """{"sentence": "a", "corrected": "b"}""");
        var wrong = Corrected.Build().FromJsonl("a.jsonl").With(Stage with { By = "programme" });
        Assert.Contains(
            "apply_edits: the task 'corrected' has no field 'programme', only sentence, note, corrected.",
            (await Assert.ThrowsAsync<DataException>(() => wrong.ToDatasetAsync(Options))).Message,
            StringComparison.Ordinal
        );
    }
}
