using TaskDsl.Data;
using TaskDsl.Data.Sources;

namespace TaskDsl.Tests.Data;

/// <summary>What is there twice, at odds or lost already is told.</summary>
public sealed class TwiceTests : SourceTest
{
    private const string One = """{"text":"one","mood":"good"}""";
    private const string Bad = """{"text":"two","mood":"mild"}""";

    [Fact]
    public async Task A_key_of_a_document_names_one_record()
    {
        Write("a.json", $"{{\"k\": {One},\n\"k\": {One}}}");
        await Says(Note.Build().From(new Json { Path = "a.json" }), "a.json[k]: error: its key stands a second time in the file");
        Write("a.json", $"{{\"data\": [{One}]}}");
        await Says(
            Note.Build().From(new Json { Path = "a.json" }),
            "a.json[data]: error: its value is no object, and the values of a document are its records; one record alone stands in [ ]"
        );
    }

    [Theory]
    [InlineData("""["k", "k"]""", "it holds 'k' twice, and one record has one key")]
    [InlineData("""{"k": 1, "k": 2}""", "it holds 'k' twice, and one record has one key")]
    [InlineData("[]", "it holds none")]
    [InlineData("""["k", null]""", "it holds 'null' as a key.")]
    [InlineData("7", "it holds '7'")]
    [InlineData("""["k",]""", "broken JSON at byte 6: a comma before ']', where nothing follows; take it out")]
    public async Task Keys_of_test_records_stand_once(string keys, string message)
    {
        Write("a.json", $"{{\"k\": {One}}}");
        Write("keys.json", keys);
        await Says(
            Note.Build().From(new Json { Path = "a.json", TestKeys = "keys.json" }),
            $"keys.json: error: test_keys needs a JSON array of keys, or an object that has them: {message}"
        );
    }

    [Fact]
    public async Task A_test_record_that_is_set_aside_has_been_found()
    {
        Write("a.json", $"{{\"k\": {One}, \"l\": {Bad}}}");
        Write("keys.json", """["k", "l"]""");
        var source = new Json { Path = "a.json", TestKeys = "keys.json" };
        using var data = await LenientNote.Build().From(source).ToDatasetAsync(Options);
        Assert.Equal((1, 1), (data.Test.Count, data.Report.Dropped.Values.Sum()));
    }

    [Fact]
    public async Task A_column_is_read_into_one_field()
    {
        Write("a.jsonl", One);
        await Says(
            Note.Build().From(Mapped(("text", "mood"))),
            "task 'note': source 'a.jsonl': 'columns' reads 'text' and 'mood' from the column 'mood'; one field reads it"
        );
        await Says(
            Note.Build().From(Mapped(("txt", "mood"))),
            "task 'note': source 'a.jsonl': 'columns' names the field 'txt', which the task does not have; did you mean 'text'?"
        );
    }

    [Fact]
    public async Task A_file_that_is_read_twice_is_told()
    {
        Write("a.jsonl", One);
        DataSource[] sources = [new JsonLines { Path = "a.jsonl" }, new JsonLines { Path = "*.jsonl" }];
        using var data = await Note.Build().From(sources).ToDatasetAsync(Options);
        Assert.Equal(["a.jsonl: it is read 2 times; 'deduplicate' leaves repeated records out."], data.Report.Notices);
        using var once = await Note.Build().From(sources).Deduplicate().ToDatasetAsync(Options);
        Assert.Empty(once.Report.Notices);
    }

    [Fact]
    public async Task What_a_conversion_lost_is_told_once_with_its_first_place()
    {
        Write("a.jsonl", $"{One}\n{{\"text\":\"caf\uFFFD\",\"mood\":\"good\"}}\n{{\"text\":\"th\uFFFD\",\"mood\":\"good\"}}\n");
        using var data = await Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        Assert.Equal(
            ["a.jsonl(2): it holds U+FFFD, which stands for what another program could not decode; convert the original anew."],
            data.Report.Notices
        );
    }

    [Theory]
    [InlineData("""{"text":"one","mood":"goodd"}""", "did you mean 'good'? The task 'note' ends at the first record")]
    [InlineData("""{"text":"one"}""", "the field is missing. The task 'note' ends at the first record")]
    public async Task A_sentence_ends_once(string record, string message)
    {
        Write("a.jsonl", record);
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_document_of_any_size_says_what_stands_there()
    {
        var many = string.Join(",\n", Enumerable.Repeat(One, 5000));
        Write("a.json", $"[{many},\n  {One}, {{\"text\": NaN}}]");
        await Says(
            Note.Build().From(new Json { Path = "a.json" }),
            "a.json: cannot be read: line 5001: broken JSON at byte 42: NaN, which is no number in JSON; write null, or leave the field out; "
                + "the records from there on cannot be told apart."
        );
    }

    private async Task Says(DatasetBuilder<Note.Example> builder, string message) =>
        Assert.StartsWith(
            message,
            (await Assert.ThrowsAsync<DataException>(() => builder.ToDatasetAsync(Options))).Message,
            StringComparison.Ordinal
        );

    private static JsonLines Mapped(params (string Field, string Column)[] columns) =>
        new() { Path = "a.jsonl", Columns = columns.ToDictionary(c => c.Field, c => c.Column) };
}
