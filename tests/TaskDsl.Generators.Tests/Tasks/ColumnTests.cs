using Microsoft.CodeAnalysis;
using TaskDsl.Testing;

namespace TaskDsl.Generators.Tests.Tasks;

/// <summary>What a task says of its sources is checked against the heads of their files.</summary>
public class ColumnTests
{
    [Fact]
    public void A_task_that_reads_what_is_there_compiles()
    {
        Run("data/a.jsonl", "{\"body\": \"a\\\"}{\", \"tone\": \"glad\"}\n{\"tone\":\"sad\",\"body\":\"\\u0061\",\"note\":null}")
            .Compiles();
        Run("data/a.json", "[\n {\"body\": [1, {\"x\": 2}], \"tone\": \"glad\"}\n]").Compiles();
        Run("data/a.json", "{\"1\": {\"body\": 1, \"tone\": {}}, \"2\": {\"body\": 1, \"tone\": {}}}").Compiles();
        Run("data/a.csv", "\uFEFF\"body\",tone,\"note\"\r\nx,glad,\r\n").Compiles();
        Run("data/a.tsv", "body\ttone\nx\tglad\n").Compiles();
        Run("data/a.jsonl", "").Compiles();
    }

    [Theory]
    [InlineData("data/a.jsonl", "{\"text\": \"a\", \"tone\": \"glad\"}\n")]
    [InlineData("data/a.json", "[{\"text\": \"a\", \"tone\": \"glad\"}]")]
    [InlineData("data/a.csv", "text,tone\nx,glad\n")]
    [InlineData("data/a.tsv", "text\ttone\nx\tglad\n")]
    public void A_required_field_without_a_column_is_an_error(string path, string text) =>
        Run(path, text)
            .Reports(
                $"a.task.yaml(5,12): error TDSL1503: '{path}' has no column for the field 'body' (it has text, tone; 'columns: "
                    + $"{{body: <column>}}' reads it from another)"
            );

    [Fact]
    public void Columns_that_nothing_reads_are_an_error() =>
        Run("data/a.csv", "body,tone,id,url\nx,glad,1,u\n")
            .Reports(
                "a.task.yaml(5,12): error TDSL1504: 'data/a.csv' has 'id', 'url' in every record, neither a field of the task "
                    + "nor listed under 'ignore'"
            );

    [Theory]
    [InlineData("body,tone,,\nx,glad,,\n", "")]
    [InlineData("body,tone,,\nx,glad,,\n", ", ignore: ['']")]
    [InlineData(",body,tone\n0,x,glad\n", ", ignore: ['']")]
    [InlineData("sep=;\r\nbody;tone\r\nx;glad\r\n", "")]
    [InlineData("sep=;\nbody;tone\nx;glad\n", ", delimiter: ';'")]
    public void What_spreadsheets_put_around_a_table_is_read_as_the_run_reads_it(string text, string more) =>
        Run("data/a.csv", text, more).Reports();

    [Fact]
    public void A_column_without_a_name_that_holds_something_is_an_error_with_its_cure() =>
        Run("data/a.csv", ",body,tone,\n0,x,glad,\n")
            .Reports(
                "a.task.yaml(5,12): error TDSL1504: 'data/a.csv' has a column without a name (written '') in every record, neither a "
                    + "field of the task nor listed under 'ignore'"
            );

    [Theory]
    [InlineData("data/a.jsonl", "{\"messages\":[]}\n", "'shape: messages' reads its messages")]
    [InlineData("data/a.json", "[{\"conversations\":[]}]", "'shape: sharegpt' reads its conversations")]
    [InlineData("data/a.jsonl", "{\"instruction\":\"\",\"output\":\"\"}\n", "'shape: alpaca' reads its instructions")]
    [InlineData(
        "data/a.json",
        "{\"body\":{\"0\":\"a\",\"1\":\"b\"},\"tone\":{\"0\":\"glad\",\"1\":\"sad\"}}",
        "it seems to hold columns instead of records: pandas writes records with to_json(orient='records')"
    )]
    [InlineData("data/a.csv", "body, tone\nx,glad\n", "did you mean 'columns: {tone: \" tone\"}'?", "tone")]
    public void A_layout_that_others_use_is_named(string path, string text, string told, string field = "body") =>
        Run(path, text).Reports($"a.task.yaml(5,12): error TDSL1503: '{path}' has no column for the field '{field}'; {told}");

    [Fact]
    public void A_table_with_another_separator_is_named() =>
        Run("data/a.csv", "body;tone\nx;glad\n")
            .Reports(
                "a.task.yaml(5,12): error TDSL1501: 'data/a.csv' is a table whose header is one column 'body;tone'; the columns seem to be "
                    + "separated by ';': write csv with 'delimiter: \";\"'"
            );

    [Theory]
    [InlineData("body\u200B,tone\nx,glad\n", "body\\u200B")]
    [InlineData("\uFF42ody,tone\nx,glad\n", "\\uFF42ody")]
    public void A_column_that_looks_like_the_field_is_shown_to_be_another(string text, string column)
    {
        Run("data/a.csv", text)
            .Reports(
                "a.task.yaml(5,12): error TDSL1503: 'data/a.csv' has no column for the field 'body'; did you mean 'columns: {body: "
                    + $"\"{column}\"}}'?"
            );
        Run("data/a.csv", text, $", columns: {{body: \"{column}\"}}").Reports();
        Run("data/a.csv", "body,tone,x\u00A0y\na,glad,1\n")
            .Reports(
                "a.task.yaml(5,12): error TDSL1504: 'data/a.csv' has 'x[U+00A0]y' in every record, neither a field of the task nor listed "
                    + "under 'ignore'"
            );
    }

    [Fact]
    public void A_mapped_column_that_is_not_there_is_named_at_its_place() =>
        Run("data/a.csv", "text,tone\nx,glad\n", ", columns: {body: txt}")
            .Reports("a.task.yaml(5,40): error TDSL1502: 'txt' is not a column of 'data/a.csv'; did you mean 'text'?");

    [Fact]
    public void An_ignored_column_that_is_not_there_is_named_at_its_place() =>
        Run("data/a.csv", "body,tone,id\nx,glad,1\n", ", ignore: [ids]")
            .Reports("a.task.yaml(5,33): error TDSL1502: 'ids' is not a column of 'data/a.csv'; did you mean 'id'?");

    [Fact]
    public void The_column_that_groups_is_there_and_is_read_by_it()
    {
        Run("data/a.csv", "body,tone,client\nx,glad,1\n", ", group: client").Reports();
        Run("data/a.csv", "body,tone,client\nx,glad,1\n", ", group: cleint, ignore: [client]")
            .Reports("a.task.yaml(5,31): error TDSL1502: 'cleint' is not a column of 'data/a.csv'; did you mean 'client'?");
    }

    [Fact]
    public void Of_a_column_that_may_come_later_only_a_warning_says_that_it_was_not_seen()
    {
        // The kit makes it an error, as a strict build does.
        Assert.Equal(DiagnosticSeverity.Warning, Diagnostics.Rules.UnseenColumn.DefaultSeverity);
        var record = "{\"body\": \"a\", \"tone\": \"glad\"}\n";
        var many = string.Concat(Enumerable.Repeat(record, 3000));
        var run = Run("data/a.jsonl", many, ", ignore: [id]");
        run.Reports(
            "a.task.yaml(5,35): error TDSL1505: 'id' is no column of the first records of 'data/a.jsonl'; expected one of body, tone"
        );
        Run("data/a.jsonl", record, ", ignore: [id]")
            .Reports("a.task.yaml(5,35): error TDSL1502: 'id' is not a column of 'data/a.jsonl'; expected one of body, tone");
    }

    /// <summary>A field that no source has is one mistake; a column to ignore is one of each source, which lists it for itself.</summary>
    [Fact]
    public void Of_two_sources_alike_each_has_its_own_mistakes()
    {
        static GeneratorRun Two(string header) =>
            Desk
                .Empty.Add("data/a.csv", header + "\nx,glad,1\n")
                .Add("data/b.csv", header + "\nx,glad,1\n")
                .Add("a.task.yaml", Task("data/a.csv", "") + "\n  - data/b.csv\n")
                .Run();
        Assert.Equal(["TDSL1504", "TDSL1504"], Two("body,tone,id").Diagnostics.Select(d => d.Id));
        Assert.Equal(["TDSL1503"], Two("text,tone,note").Diagnostics.Select(d => d.Id));
        Assert.Equal(["TDSL1501", "TDSL1501"], Two("body;tone;note").Diagnostics.Select(d => d.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData(", shape: ~")]
    public void A_column_of_two_fields_is_an_error(string more) =>
        Run("data/a.csv", "text\nx\n", $", columns: {{body: text, tone: text}}{more}")
            .Reports(
                "a.task.yaml(5,52): error TDSL1302: column 'text' is read as the field 'body' already; a column is read into one field"
            );

    [Fact]
    public void A_column_that_was_not_seen_keeps_one_that_is_not_declared_from_being_silent()
    {
        var many = string.Concat(Enumerable.Repeat("{\"body\": \"a\", \"tone\": \"glad\", \"url\": 1}\n", 3000));
        Assert.Equal(["TDSL1504", "TDSL1505"], Run("data/a.jsonl", many, ", ignore: [id]").Diagnostics.Select(d => d.Id).Order());
    }

    [Fact]
    public void A_column_of_some_records_alone_is_not_undeclared() =>
        Run("data/a.jsonl", "{\"body\": \"a\", \"tone\": \"glad\"}\n{\"body\": \"a\", \"tone\": \"glad\", \"id\": 1}\n").Reports();

    [Theory]
    [InlineData("data/a.jsonl", "PAR1\u0001PAR1", "a Parquet file, not JSON Lines; name it *.parquet, or write 'parquet: <path>'")]
    [InlineData("data/a.jsonl", "[\n{\"body\":1}]", "a JSON array, not JSON Lines; name it *.json, or write 'json: <path>'")]
    [InlineData("data/a.jsonl", "body,tone\nx,glad\n", "text, not JSON Lines; write the word of the format that it has, as 'text: <path>'")]
    [InlineData(
        "data/a.csv",
        "<!doctype html><p>404",
        "a web page, perhaps an error page saved by a download, not CSV; download the data itself"
    )]
    [InlineData(
        "data/a.jsonl.gz",
        "version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
        "a git-LFS pointer, not the data, not a file compressed with gzip; fetch the data with 'git lfs pull'"
    )]
    [InlineData(
        "data/a.csv.zst",
        "body,tone\nx,glad\n",
        "text, not a file compressed with Zstandard; take the extension away, or compress it"
    )]
    [InlineData(
        "data/a.parquet",
        "{\"body\":1}\n{\"body\":2}\n",
        "JSON Lines (an object a line), not a Parquet file; name it *.jsonl, or write 'json_lines: <path>'"
    )]
    public void A_file_that_holds_something_else_is_named_by_what_it_is(string path, string text, string message) =>
        Run(path, text).Reports($"a.task.yaml(5,12): error TDSL1501: '{path}' is {message}");

    // A source that is not among these is as good a source.
    [Theory]
    [InlineData("json_lines"), InlineData("json"), InlineData("csv"), InlineData("tsv")]
    [InlineData("conll"), InlineData("text"), InlineData("parquet"), InlineData("arrow")]
    public void A_file_of_a_source_that_is_known_is_looked_into(string word)
    {
        var yaml = $"task: a\ninput: {{text: text}}\noutput: {{tone: text}}\nexamples: [{{{word}: data/a}}]\n";
        var run = Desk.Empty.Add("data/a", "<!doctype html><p>404").Add("a.task.yaml", yaml).Run();
        Assert.Equal("TDSL1501", Assert.Single(run.Diagnostics).Id);
    }

    [Fact]
    public void Each_file_of_a_pattern_is_looked_into_and_one_mistake_is_told_once()
    {
        var project = Desk
            .Empty.Add("a.task.yaml", Task("data/**/*.jsonl", ""))
            .Add("data/a.jsonl", "{\"body\": \"a\", \"tone\": \"glad\"}\n")
            .Add("data/x/b.jsonl", "{\"body\": \"a\"}\n")
            .Add("data/x/y/c.jsonl", "{\"body\": \"a\"}\n");
        project
            .Run()
            .Reports(
                "a.task.yaml(5,12): error TDSL1503: 'data/x/b.jsonl' has no column for the field 'tone' (it has body; 'columns: "
                    + "{tone: <column>}' reads it from another)"
            );
        Desk.Empty.Add("a.task.yaml", Task("data/*.jsonl", ""))
            .Add("data/x/b.jsonl", "{}")
            .Run()
            .Reports(
                "a.task.yaml(5,12): error TDSL1108: 'data/*.jsonl' names no file or folder of the project; did you mean 'data/x/b.jsonl'?"
            );
    }

    [Fact]
    public void Records_of_another_shape_are_left_to_the_run() =>
        Run("data/a.jsonl", "{\"conversations\": []}\n", ", shape: sharegpt").Reports();

    [Fact]
    public void An_edit_further_down_computes_nothing_again()
    {
        // Roslyn tracks what leads to an output: here a diagnostic.
        const string told =
            "a.task.yaml(5,12): error TDSL1504: 'data/a.jsonl' has 'id' in every record, neither a field of the task nor listed "
            + "under 'ignore'";
        var lines = string.Concat(Enumerable.Repeat("{\"body\": \"a\", \"tone\": \"glad\", \"id\": 1}\n", 3000));
        var project = Desk.Empty.Add("a.task.yaml", Task("data/a.jsonl", "")).Add("data/a.jsonl", lines) with { TrackSteps = true };
        var run = project.Run().Reports(told).Again(project.Add("data/a.jsonl", lines + "{\"body\": 7}\n")).Reports(told);
        Assert.All(Reasons(run, "Start"), reason => Assert.Equal(IncrementalStepRunReason.Unchanged, reason));
        Assert.All(Reasons(run, "Starts"), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));

        // Not even an edit of the head makes code.
        run = project.Run().Again(project.Add("data/a.jsonl", "{\"body\": \"a\", \"tone\": \"glad\"}\n" + lines)).Reports();
        Assert.All(Reasons(run, "Code"), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void Of_a_file_on_disk_only_the_head_is_read_and_of_others_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("taskdsl-head-");
        try
        {
            var path = Path.Combine(folder.FullName, "a.jsonl").Replace('\\', '/');
            using (var file = File.Create(path))
            {
                file.Write("{\"body\": \"a\", \"tune\": \"glad\"}\n"u8);
                file.SetLength(8L << 30); // More than any text in memory; on disk it takes nothing.
            }

            Run(path, "what the editor shows")
                .Reports($"a.task.yaml(5,12): error TDSL1501: '{path}' is no text (it has NUL bytes), not JSON Lines; check what wrote it");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static List<IncrementalStepRunReason> Reasons(GeneratorRun run, string step) =>
        [.. run.Result.Results[0].TrackedSteps[step].SelectMany(s => s.Outputs).Select(o => o.Reason)];

    private static GeneratorRun Run(string path, string text, string more = "") =>
        Desk.Empty.Add(path, text).Add("a.task.yaml", Task(path, more)).Run();

    private static string Task(string path, string more) =>
        $$"""
            task: mood
            input: {body: text}
            output: {tone: {type: label, labels: [glad, sad]}, note: text?}
            examples:
              - {path: "{{path}}"{{more}}}
            """.Replace($"\"{path}\"", path, StringComparison.Ordinal);
}
