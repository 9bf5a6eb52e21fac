namespace TaskDsl.App.Tests.Drafting;

/// <summary>Files that nothing can be drafted from: one line says what is wrong and what to do, and nothing is written.</summary>
public sealed class DraftErrorTests
{
    public static TheoryData<string, string, string> Files =>
        new()
        {
            { "empty.csv", "", "data/empty.csv: the file is empty; there is nothing to draft from." },
            { "blank.csv", "\n \n", "data/blank.csv: the file holds blanks alone; there is nothing to draft from." },
            { "header.csv", "text,label\n", "data/header.csv: the file has no records; there is nothing to draft from." },
            {
                "binary.csv",
                "a\0\0b\u0001c",
                "data/binary.csv: it is no text (it has NUL bytes), not a file of records; check what wrote it."
            },
            {
                "page.csv",
                "<!doctype html><p>not found",
                "data/page.csv: it is a web page, perhaps an error page saved by a download, not a file of records"
            },
            { "values.json", "[\"a\", \"b\"]", "data/values.json: it is no list of records." },
            { "data.json", "{\"data\": [{\"text\": \"a\"}]}", "as with 'jq .data'" },
            { "cut.json", "[{\"text\": \"a\"}, {\"te", "data/cut.json: cannot be read: line 1: broken JSON" },
            { "columns.json", Columns(), "pandas writes records with to_json(orient='records', lines=True)." },
            { "nameless.csv", ",\n,\n", "data/nameless.csv: the file has no records; there is nothing to draft from." },
            { "unnamed.jsonl", "{\"\": \"a\"}\n", "no column has a name, so that no field can be read from one." },
            { "twice.csv", "text,text\na,b\n", "data/twice.csv: cannot be read: the header (line 1) names column 'text' twice" },
            {
                "names.csv",
                DraftProject.Lines(20, i => $"{DraftProject.Text(i)},{(i % 2 == 0 ? "good" : "bad")}"),
                "its first row is a record as those below ('good' stands there again), so the columns seem to have no names. Put a row "
                    + "of names above it, as with 'sed -i \"1i text,label\" data/names.csv', and draft again."
            },
            {
                "number.csv",
                DraftProject.Lines(20, i => $"{DraftProject.Text(i)},{i}.5"),
                "its first row is a record as those below ('0.5' is a number as they have)"
            },
            {
                "deep.csv",
                DraftProject.Lines(20, i => $"{i},{DraftProject.Text(i)},good", "Tickets of 2024,,\nexported,,\nid,text,label\n"),
                "the names of the columns seem to stand in line 3 (id, text, label), below 2 lines that are no part of the table. Take "
                    + "them away, as with 'sed -i 1,2d data/deep.csv', and draft again."
            },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task One_line_says_what_to_do(string file, string text, string expected)
    {
        using var project = new DraftProject().With($"data/{file}", text);
        await FailsAsync(project, expected, $"data/{file}");
    }

    [Theory]
    [InlineData("data/ticket.csv", "data/ticket.csv: there is no such file in {0} or {1}; did you mean 'data/tickets.csv'?")]
    [InlineData("tickets.csv", "tickets.csv: there is no such file in {0} or {1}; did you mean 'data/tickets.csv'?")]
    [InlineData("data/nothing_like_it.csv", "data/nothing_like_it.csv: there is no such file in {0} or {1}; there is data/tickets.csv.")]
    [InlineData("data", "data: it is a folder, expected a file, as data/tickets.csv.")]
    [InlineData("data/*.csv", "data/*.csv: a draft looks at one file; name one of them, and write the pattern into the task.")]
    [InlineData("", "say which file to draft from, as 'draft task data/tickets.csv'.")]
    public async Task A_file_that_is_not_there(string file, string expected)
    {
        using var project = new DraftProject().With("data/tickets.csv", "text,label\na b c d,x\n");
        var said = string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, Environment.CurrentDirectory, project.Path);
        await FailsAsync(project, said, file);
    }

    [Fact]
    public async Task A_column_that_is_not_there()
    {
        using var project = new DraftProject().With(
            "data/tickets.csv",
            DraftProject.Lines(20, i => $"{DraftProject.Text(i)},a", "text,label\n")
        );
        await FailsAsync(
            project,
            "data/tickets.csv: there is no column 'lable'; did you mean 'label'?",
            "data/tickets.csv",
            "--answer",
            "lable"
        );
    }

    private static async Task FailsAsync(DraftProject project, string expected, params string[] args)
    {
        var (code, printed) = await project.RunBareAsync(["draft", "task", .. args]);
        Assert.Equal(1, code);
        Assert.Contains(expected, printed, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", printed, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(project.Path, "tasks")));
    }

    private static string Columns() =>
        $"{{\"text\": {{{string.Join(", ", Enumerable.Range(0, 20).Select(i => $"\"{i}\": \"{DraftProject.Text(i)}\""))}}}}}";
}
