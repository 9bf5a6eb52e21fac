using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Data;

/// <summary>Files in, typed examples out, and every record accounted for.</summary>
public sealed class DatasetTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-data-").FullName;

    private DataOptions Options => new() { ProjectDirectory = folder };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Json_lines_with_a_mark_crlf_blank_lines_and_no_last_newline_are_read()
    {
        Write("a.jsonl", "\uFEFF{\"text\":\"one\",\"mood\":\"good\"}\r\n\r\n   \n{\"text\":\"two\",\"mood\":\"bad\"}");
        var data = await Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        Assert.Equal(2, data.Report.Read);
        Assert.Equal(["one", "two"], All(data).Select(e => e.Input.Text).Order());
        Assert.Equal(4, All(data).Single(e => e.Input.Text == "two").Origin.Line);
    }

    [Theory]
    [InlineData("{\"text\":\"a\"}", "a.jsonl(2)", "mood")]
    [InlineData("{\"text\":\"a\",\"mood\":\"goood\"}", "a.jsonl(2)", "did you mean 'good'")]
    [InlineData("{\"text\":\"a\",\"mood\":\"good\",\"more\":1}", "a.jsonl(2)", "more")]
    [InlineData("{\"text\":7,\"mood\":\"good\"}", "a.jsonl(2)", "text")]
    [InlineData("{\"text\":\"a\",\"mood\":\"go", "a.jsonl(2)", "")]
    [InlineData("[1]", "a.jsonl(2)", "")]
    public async Task The_first_record_that_does_not_fit_ends_the_reading_with_its_place(string line, string place, string hint)
    {
        Write("a.jsonl", "{\"text\":\"one\",\"mood\":\"good\"}\n" + line + "\n");
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.StartsWith(place, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_utf8_is_an_error_of_its_line()
    {
        File.WriteAllBytes(Path.Combine(folder, "a.jsonl"), [.. "{\"text\":\""u8, 0xC3, 0x28, .. "\",\"mood\":\"good\"}\n"u8]);
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.StartsWith("a.jsonl(1): error: invalid UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_ten_megabytes_is_read()
    {
        var text = new string('x', 10 * 1024 * 1024);
        Write("a.jsonl", $"{{\"text\":\"{text}\",\"mood\":\"good\"}}\n{{\"text\":\"b\",\"mood\":\"bad\"}}\n");
        var data = await Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        Assert.Equal([1, text.Length], All(data).Select(e => e.Input.Text.Length).Order());
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("none.jsonl").ToDatasetAsync(Options));
        Assert.Contains("none.jsonl", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("none-*.jsonl").ToDatasetAsync(Options));
    }

    [Fact]
    public async Task An_array_and_a_keyed_object_are_read_with_lines_and_keys()
    {
        Write("a.json", "[\n {\"text\":\"one\",\"mood\":\"good\"},\n {\"text\":\"two\",\"mood\":\"bad\"}\n]\n");
        Write("b.json", "{\n \"x1\": {\"text\":\"three\",\"mood\":\"good\"}\n}\n");
        var data = await Note.Build().From(new Json { Path = "*.json" }).ToDatasetAsync(Options);
        var origins = All(data).ToDictionary(e => e.Input.Text, e => e.Origin);
        Assert.Equal((2, 3, 2), (origins["one"].Line, origins["two"].Line, origins["three"].Line));
        Assert.Equal("b.json[x1]", origins["three"].ToString());
    }

    [Fact]
    public async Task A_broken_document_names_the_line_and_loses_nothing_before_it()
    {
        Write("a.json", "[\n {\"text\":\"one\",\"mood\":\"good\"},\n {\"text\":\"two\" \"mood\":\"bad\"}\n]\n");
        var records = new List<SourceRecord>();
        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var record in new Json { Path = "a.json" }.ReadAsync(Path.Combine(folder, "a.json"), default))
                records.Add(record);
        });
        Assert.Null(Assert.Single(records).Error);
        Assert.StartsWith("line 3: broken JSON at byte 16: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.json", "[{\"text\":\"one\",\"mood\":\"good\"},\n{\"text\":\"two\",\"mo", "a.json: cannot be read: line 2: broken JSON")]
    [InlineData(
        "a.json",
        "[{\"text\":\"one\",\"mood\":\"good\"}]\n[]",
        "a.json: cannot be read: line 2: there is text behind the document's end"
    )]
    [InlineData(
        "a.csv",
        "text,mood\none,good\n\"two,bad\nthree,good\nfour,good\n",
        "a.csv: cannot be read: line 3: a quote is never closed"
    )]
    [InlineData("a.csv", "text,\"mood\none,good\n", "a.csv: cannot be read: the header (line 1) has a quote that is never closed.")]
    public async Task Where_records_cannot_be_told_apart_quarantine_ends_the_reading_too(string name, string text, string message)
    {
        Write(name, text);
        var error = await Assert.ThrowsAsync<DataException>(() =>
            LenientNote.Build().From(name == "a.csv" ? new Csv { Path = name } : new Json { Path = name }).ToDatasetAsync(Options)
        );
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_is_read_by_its_header_with_columns_mapped_and_ignored()
    {
        Write("a.csv", "id,Text,label\n1,\"one, \"\"two\"\"\nthree\",good\n2,x,bad\n");
        var data = await Note.Build()
            .From(
                new Csv
                {
                    Path = "a.csv",
                    Columns = new Dictionary<string, string> { ["text"] = "Text", ["mood"] = "label" },
                    Ignore = ["id"],
                }
            )
            .ToDatasetAsync(Options);
        Assert.Equal(["one, \"two\"\nthree", "x"], All(data).Select(e => e.Input.Text).Order());
        Assert.Equal(4, All(data).Single(e => e.Input.Text == "x").Origin.Line);
    }

    [Theory]
    [InlineData("text,mood\na,good,more\n", "3 columns where the header has 2")]
    [InlineData("text,mood\na\"b,good\n", "quote")]
    [InlineData("text,mood\n\"a,good\n", "quote")]
    [InlineData("text,text\na,good\n", "column 'text' twice")]
    public async Task A_broken_row_is_an_error(string csv, string hint)
    {
        Write("a.csv", csv);
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(new Csv { Path = "a.csv" }).ToDatasetAsync(Options));
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quarantined_records_are_kept_as_they_were_and_counted()
    {
        Write("a.jsonl", "{\"text\":\"one\",\"mood\":\"good\"}\n{\"text\":\"two\"}\nnonsense\n");
        var report = (await LenientNote.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options)).Report;
        Assert.Equal(3, report.Read);
        Assert.Equal(report.Read, report.Kept + report.Dropped.Values.Sum());
        Assert.Equal(2, report.Dropped.Values.Sum());
        var rejects = File.ReadAllLines(Path.Combine(folder, "aside", "rejects.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal([2, 3], rejects.Select(r => r.GetProperty("line").GetInt32()));
        Assert.Equal("nonsense", rejects[1].GetProperty("record").GetString());

        // What is there says what the last reading set aside.
        Write("a.jsonl", "{\"text\":\"one\",\"mood\":\"good\"}\n");
        await LenientNote.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        Assert.False(File.Exists(Path.Combine(folder, "aside", "rejects.jsonl")));
    }

    [Fact]
    public async Task Records_are_set_aside_in_a_file_of_the_task_and_never_in_one_that_is_read()
    {
        Write("a.jsonl", "{}\n");
        foreach (var task in (DslTask[])[Ticket.Task, Triage.Task])
            await new DatasetBuilder<Example>(task).FromJsonl("a.jsonl").ToDatasetAsync(Options);
        Assert.Equal(
            ["ticket.rejects.jsonl", "triage.rejects.jsonl"],
            Directory.GetFiles(folder, "*.rejects.jsonl").Select(Path.GetFileName).Order()
        );

        File.Move(Path.Combine(folder, "a.jsonl"), Path.Combine(folder, "ticket.rejects.jsonl"), overwrite: true);
        var error = await Assert.ThrowsAsync<DataException>(() => Ticket.Build().FromJsonl("ticket.rejects.jsonl").ToDatasetAsync(Options));
        Assert.Contains("task 'ticket' reads this file and sets bad records aside in it", error.Message, StringComparison.Ordinal);
        Assert.Equal("{}\n", File.ReadAllText(Path.Combine(folder, "ticket.rejects.jsonl")));
    }

    [Fact]
    public async Task A_file_for_bad_records_that_cannot_be_written_is_named()
    {
        Write("a.jsonl", "{}\n");
        Write("aside", "a file where a folder should be");
        var error = await Assert.ThrowsAsync<DataException>(() => LenientNote.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.StartsWith(
            $"{Path.Combine(folder, "aside", "rejects.jsonl")}: records that do not fit cannot be set aside there: ",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Repeated_inputs_are_left_out_and_conflicts_counted_apart()
    {
        Write(
            "a.jsonl",
            """
            {"text":"one","mood":"good"}
            {"text":"one","mood":"good"}
            {"text":"one","mood":"bad"}
            """
        );
        var data = await Note.Build().FromJsonl("a.jsonl").Deduplicate().ToDatasetAsync(Options);
        Assert.Equal(1, data.Report.Kept);
        Assert.Equal((1, 1), (data.Report.Dropped["duplicate"], data.Report.Dropped["duplicate input with another output"]));
    }

    [Fact]
    public async Task The_same_input_falls_into_the_same_part_whatever_stands_around_it()
    {
        var lines = Enumerable
            .Range(0, 2000)
            .Select(i => JsonSerializer.Serialize(new { text = $"text {i}", mood = i % 2 == 0 ? "good" : "bad" }))
            .ToList();
        Write("a.jsonl", string.Join('\n', lines));
        Write("b.jsonl", string.Join('\n', lines.Where((_, i) => i % 3 == 0).Reverse()));
        var whole = await Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        var third = await Note.Build().FromJsonl("b.jsonl").ToDatasetAsync(Options);
        foreach (var split in Enum.GetValues<SplitName>())
            Assert.Subset(whole[split].Select(e => e.Input.Text).ToHashSet(), third[split].Select(e => e.Input.Text).ToHashSet());
        Assert.InRange(whole.Test.Count, 330, 470);
        Assert.InRange(whole.Validation.Count, 140, 260);
    }

    [Fact]
    public async Task A_source_may_fix_the_part()
    {
        Write("a.jsonl", "{\"text\":\"one\",\"mood\":\"good\"}\n");
        var data = await Note.Build().From(new JsonLines { Path = "a.jsonl", Split = SplitName.Test }).ToDatasetAsync(Options);
        Assert.Single(data.Test);
    }

    [Fact]
    public async Task The_training_part_may_come_from_elsewhere()
    {
        var lines = Enumerable.Range(0, 200).Select(i => JsonSerializer.Serialize(new { text = $"text {i}", mood = "good" }));
        Write("a.jsonl", string.Join('\n', lines));
        Write("made.jsonl", "{\"text\":\"text 0\",\"mood\":\"bad\"}\n{\"text\":\"new\",\"mood\":\"bad\"}\n");
        var made = new JsonLines { Path = "made.jsonl", Split = SplitName.Train };
        using var gold = await Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        using var alone = await Note.Build().FromJsonl("a.jsonl").TrainOn(made).ToDatasetAsync(Options);
        using var both = await Note.Build().FromJsonl("a.jsonl").And(made).ToDatasetAsync(Options);
        using var none = await Note.Build().FromJsonl("a.jsonl").TrainOn().ToDatasetAsync(Options);
        Assert.Equal(["text 0", "new"], alone.Train.Select(e => e.Input.Text));
        Assert.Equal(gold.Train.Count + 2, both.Train.Count);
        Assert.Empty(none.Train);
        foreach (var data in new[] { alone, both, none })
        {
            Assert.Equal(gold.Test.Select(e => e.Input), data.Test.Select(e => e.Input));
            Assert.Equal(gold.Validation.Select(e => e.Input), data.Validation.Select(e => e.Input));
            Assert.Equal(data.Report.Read, data.Report.Kept + data.Report.Dropped.Values.Sum());
        }
    }

    [Theory]
    [InlineData("""["k1", "k3"]""")]
    [InlineData("""{"k1": "good", "k3": "bad"}""")]
    public async Task A_files_official_test_records_are_chosen_by_their_keys(string keys)
    {
        Write("a.json", """{"k1":{"text":"one","mood":"good"},"k2":{"text":"two","mood":"good"},"k3":{"text":"three","mood":"bad"}}""");
        Write("keys.json", keys);
        var data = await Note.Build().From(new Json { Path = "a.json", TestKeys = "keys.json" }).ToDatasetAsync(Options);
        Assert.Subset(data.Test.Select(e => e.Input.Text).ToHashSet(), new HashSet<string> { "one", "three" });
        Assert.Equal(3, data.Report.Kept);
    }

    [Theory]
    [InlineData("a.json", """["k1", "k9"]""", "1 of 2 test keys have no record in a.json: k9")]
    [InlineData("a.json", "[", "keys.json: error: test_keys needs")]
    [InlineData("a.json", "7", "keys.json: error: test_keys needs")]
    [InlineData("a.jsonl", """["k1"]""", "a.jsonl(1): error: the record has no key")]
    public async Task Test_keys_that_do_not_fit_say_so(string source, string keys, string error)
    {
        Write("a.json", """{"k1":{"text":"one","mood":"good"}}""");
        Write("a.jsonl", """{"text":"one","mood":"good"}""");
        Write("keys.json", keys);
        DataSource from =
            source == "a.json"
                ? new Json { Path = source, TestKeys = "keys.json" }
                : new JsonLines { Path = source, TestKeys = "keys.json" };
        var thrown = await Assert.ThrowsAsync<DataException>(() => Note.Build().From(from).ToDatasetAsync(Options));
        Assert.Contains(error, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fingerprint_changes_with_the_data_and_with_nothing_else()
    {
        Write("a.jsonl", "{\"text\":\"one\",\"mood\":\"good\"}\n");
        Write("b.jsonl", "{ \"mood\": \"good\", \"text\": \"one\" }\n");
        Write("c.jsonl", "{\"text\":\"one\",\"mood\":\"bad\"}\n");
        var (a, b, c) = (await Print("a"), await Print("b"), await Print("c"));
        Assert.Equal(a, b);
        Assert.NotEqual(a, c);

        async Task<string> Print(string name) => (await Note.Build().FromJsonl($"{name}.jsonl").ToDatasetAsync(Options)).Fingerprint;
    }

    private static IEnumerable<Note.Example> All(Dataset<Note.Example> data) => data.Train.Concat(data.Validation).Concat(data.Test);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
