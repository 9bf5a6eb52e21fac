using TaskDsl.Data.Sources;

namespace TaskDsl.Tests.Data;

/// <summary>Tables as spreadsheets save them.</summary>
public sealed class SpreadsheetTests : SourceTest
{
    private const string Row = """{"text":"a","mood":"good"}""";

    [Theory]
    [InlineData("text,mood,,\na,good,,\n")]
    [InlineData(",text, ,mood\n,a, ,good\n")]
    [InlineData("text,mood\na,good,,\n")]
    [InlineData("text,mood\n,\na,good\n,\n")]
    [InlineData("\uFEFFsep=,\ntext,mood\na,good\n")]
    [InlineData("sep=;\r\ntext;mood\r\na;good\r\n")]
    [InlineData("SEP=\t\rtext\tmood\ra\tgood\r")]
    public async Task What_they_put_around_a_table_is_passed_over(string text)
    {
        Write("a.csv", text);
        Assert.Equal([Row], await ReadAsync(new Csv { Path = "a.csv" }));
        Write("a.csv.gz", CompressionTests.Gzip(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Equal([Row], await ReadAsync(new Csv { Path = "a.csv.gz" }));
    }

    [Fact]
    public async Task A_cell_in_a_column_without_a_name_is_told_with_a_cure_that_works()
    {
        Write("a.csv", ",text,mood\n0,a,good\n");
        Assert.Equal(
            [
                "2: column 1 has no name in the header and holds '0'; name it there, or write \"ignore: ['']\" at the source to pass over "
                    + "columns without a name",
            ],
            await ReadAsync(new Csv { Path = "a.csv" })
        );
        Assert.Equal([Row], await ReadAsync(new Csv { Path = "a.csv", Ignore = [""] }));
        Write("b.csv", ",text,mood,\n0,a,good,1\n");
        Assert.Equal([Row], await ReadAsync(new Csv { Path = "b.csv", Ignore = [""] }));
        var map = new Dictionary<string, string> { ["id"] = "" };
        Assert.Equal(["""{"":"0","text":"a","mood":"good"}"""], await ReadAsync(new Csv { Path = "a.csv", Columns = map }));
    }

    [Fact]
    public async Task Lines_count_from_the_files_first_and_a_separator_that_is_at_odds_is_an_error()
    {
        Write("a.csv", "sep=;\ntext;mood\na;good;b\n");
        Assert.Equal(
            ["3: 3 columns where the header has 2; a value with a ';' in it needs quotes around it"],
            await ReadAsync(new Csv { Path = "a.csv", Delimiter = ";" })
        );
        Assert.Equal(
            "its first line 'sep=;' says that ';' separate the columns, the source that ',' do; take 'delimiter' away, or that line.",
            (await Assert.ThrowsAsync<IOException>(() => ReadAsync(new Csv { Path = "a.csv", Delimiter = "," }))).Message
        );
        Assert.Contains(
            "read it as CSV ('csv: <path>')",
            (await Assert.ThrowsAsync<IOException>(() => ReadAsync(new Tsv { Path = "a.csv" }))).Message,
            StringComparison.Ordinal
        );
        Write("b.csv", "sep=;\ntext;text\n");
        Assert.StartsWith(
            "the header (line 2) names column 'text' twice; give each column a name of its own",
            (await Assert.ThrowsAsync<IOException>(() => ReadAsync(new Csv { Path = "b.csv" }))).Message,
            StringComparison.Ordinal
        );
        Write("c.csv", "sep=;");
        Assert.Empty(await ReadAsync(new Csv { Path = "c.csv" }));
    }

    [Theory]
    [InlineData("text,mood\na\n", "2: 1 columns where the header has 2; a value that is missing needs its ',' all the same")]
    [InlineData("text,mood\n\uFEFFtext,mood\n", "2: the header once more, as where files were put together; take the row out")]
    [InlineData("text,mood\na\"b,good\n", "2: a quote inside a value without quotes around it; put quotes around the value")]
    public async Task A_row_that_does_not_fit_its_header_says_what_to_do(string text, string message)
    {
        Write("a.csv", text);
        Assert.StartsWith(message, Assert.Single(await ReadAsync(new Csv { Path = "a.csv" })), StringComparison.Ordinal);
    }
}
