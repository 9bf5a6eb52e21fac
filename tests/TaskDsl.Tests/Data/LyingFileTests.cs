using System.Text;
using TaskDsl.Data;

namespace TaskDsl.Tests.Data;

/// <summary>A file that holds something else than its name says is named by what it is, with what to do.</summary>
public sealed class LyingFileTests : SourceTest
{
    private const string Lines = "{\"text\":\"a\"}\n{\"text\":\"b\"}\n";

    public static TheoryData<string, byte[], string> Lies =>
        new()
        {
            { "a.jsonl", CompressionTests.Gzip(Bytes(Lines)), "it is compressed with gzip, not JSON Lines; name it *.gz" },
            { "a.jsonl", CompressionTests.Zstd(Bytes(Lines)), "it is compressed with Zstandard, not JSON Lines; name it *.zst" },
            { "a.jsonl.gz", Bytes(Lines), "it is JSON Lines (an object a line), not a file compressed with gzip; take the extension away" },
            {
                "a.jsonl.gz",
                CompressionTests.Zstd(Bytes(Lines)),
                "it is compressed with Zstandard, not a file compressed with gzip; name it *.zst"
            },
            { "a.jsonl.zst", Bytes(Lines), "not a file compressed with Zstandard" },
            { "a.jsonl.gz", CompressionTests.Gzip(CompressionTests.Gzip(Bytes(Lines))), "it is compressed with gzip, not JSON Lines" },
            { "a.jsonl.gz", CompressionTests.Gzip(Bytes("[\n{\"text\":1}]")), "it is a JSON array, not JSON Lines; name it *.json" },
            {
                "a.jsonl",
                [.. "PAR1"u8, 0, 1, 2, .. "PAR1"u8],
                "it is a Parquet file, not JSON Lines; name it *.parquet, or write 'parquet: <path>'"
            },
            { "a.jsonl", [.. "ARROW1\0\0"u8, 0xFF, 0xFF, 0xFF, 0xFF], "it is an Arrow IPC file" },
            { "a.csv", [0xFF, 0xFF, 0xFF, 0xFF, 16, 0, 0, 0], "it is an Arrow IPC stream, not CSV" },
            {
                "a.jsonl",
                Bytes("\uFEFF [\r\n {\"text\":\"a\"}]"),
                "it is a JSON array, not JSON Lines; name it *.json, or write 'json: <path>'"
            },
            { "a.jsonl", Bytes("text,mood\na,good\n"), "it is text, not JSON Lines" },
            { "a.jsonl", Bytes("{\n  \"text\": \"a\"\n}\n"), "it is one JSON object over several lines, not JSON Lines" },
            {
                "a.json",
                Bytes(Lines),
                "it is JSON Lines (an object a line), not a JSON document; name it *.jsonl, or write 'json_lines: <path>'"
            },
            { "a.json", Bytes("text,mood\na,good\n"), "it is text, not a JSON document" },
            { "a.csv", Bytes(Lines), "it is JSON Lines (an object a line), not CSV" },
            { "a.tsv", Bytes("[{\"text\":1}]"), "it is a JSON array, not TSV" },
            {
                "a.csv",
                [0xCE, 0xC4, (byte)',', 0xB1, 0xEA, (byte)'\n', (byte)'a', (byte)',', (byte)'b'],
                "the header (line 1) is no UTF-8; convert the file first, as with 'iconv -f GB18030 -t UTF-8'"
            },
            {
                "a.csv",
                Bytes("text\tmood\na\tgood\n"),
                "the header (line 1) is one column 'text mood'; the columns seem to be separated by tabs: write 'tsv: <path>'"
            },
            { "a.csv", Bytes("text;mood\na;good\n"), "separated by ';': write csv with 'delimiter: \";\"'" },
            { "a.tsv", Bytes("text,mood\na,good\n"), "separated by commas: write 'csv: <path>'" },
            {
                "a.jsonl",
                Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Lines)).ToArray(),
                "it is text in UTF-16, not JSON Lines; convert it to UTF-8, as with 'iconv -f UTF-16 -t UTF-8'"
            },
            { "a.csv", Encoding.BigEndianUnicode.GetBytes("text,mood\na,good\n"), "it is text in UTF-16" },
            { "a.txt", Encoding.UTF32.GetPreamble().Concat(Encoding.UTF32.GetBytes("text")).ToArray(), "it is text in UTF-32" },
            {
                "a.jsonl",
                Bytes("<!DOCTYPE HTML>\n<html><body>404</body>"),
                "it is a web page, perhaps an error page saved by a download, not JSON Lines; download the data itself"
            },
            { "a.parquet", Bytes("  <html><body>404</body>"), "it is a web page" },
            {
                "a.parquet",
                Bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"),
                "it is a git-LFS pointer, not the data, not a Parquet file; fetch the data with 'git lfs pull'"
            },
            { "a.jsonl", Bytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"), "it is a git-LFS pointer" },
            {
                "a.csv",
                [.. "PK\u0003\u0004"u8, 20, 0],
                "it is a ZIP archive (or a spreadsheet), not CSV; unpack it, or save the sheet as CSV"
            },
            { "a.jsonl", [0xFD, .. "7zXZ\0"u8], "it is compressed with xz" },
            { "a.jsonl", [.. "BZh9"u8, 1], "it is compressed with bzip2" },
            { "a.json", [.. "SQLite format 3\0"u8], "it is an SQLite database" },
            { "a.conll", [.. "%PDF-1.7"u8], "it is a PDF document" },
            {
                "a.jsonl",
                [0x80, 0x04, 0x95, 1, 2],
                "it is a Python pickle, not JSON Lines; export it as JSON Lines; a pickle can run code and is never read"
            },
            { "a.txt", [1, 2, 0, 0, 7, 8, 9], "it is no text (it has NUL bytes)" },
            { "a.parquet", Bytes(Lines), "it is JSON Lines (an object a line), not a Parquet file" },
            { "a.arrow", [.. "PAR1"u8, 0, .. "PAR1"u8], "it is a Parquet file, not an Arrow IPC file or stream" },
        };

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task It_is_named_by_what_it_is(string name, byte[] bytes, string message)
    {
        Write(name, bytes);
        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(ByPath(name)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_format_that_is_written_out_is_believed_whatever_the_extension()
    {
        Write("a.json", Lines);
        Assert.Equal(2, (await ReadAsync(new TaskDsl.Data.Sources.JsonLines { Path = "a.json" })).Count);
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.json")]
    [InlineData("a.csv")]
    [InlineData("a.tsv")]
    [InlineData("a.txt")]
    [InlineData("a.conll")]
    [InlineData("a.parquet")]
    [InlineData("a.arrow")]
    [InlineData("a.jsonl.gz")]
    public async Task An_empty_file_has_no_records(string name)
    {
        Write(name, "");
        Assert.Empty(await ReadAsync(ByPath(name)));
    }

    [Fact]
    public async Task The_data_set_names_the_file()
    {
        Write("data/a.jsonl", CompressionTests.Gzip(Bytes(Lines)));
        var error = await Assert.ThrowsAsync<DataException>(() => Note.Build().FromJsonl("data/a.jsonl").ToDatasetAsync(Options));
        Assert.StartsWith("data/a.jsonl: cannot be read: it is compressed with gzip", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
