using System.Text;
using System.Text.Json;
using CsCheck;
using TaskDsl.Data.Sources;

namespace TaskDsl.Tests.Data;

/// <summary>Formats of text: what was written is read, whatever stands in it, and no bytes crash a source.</summary>
public sealed class TextFormatTests : SourceTest
{
    private static readonly Gen<string> Value = Gen.String[Gen.Char["ab,;\"'\\\n\r\t {}[]中é\u0001"], 0, 8];

    [Fact]
    public async Task A_json_document_of_any_layout_has_the_records_that_the_library_sees() =>
        await Gen.Select(Gen.Dictionary(Value, Value.List[0, 3])[0, 4].List[0, 9], Gen.Bool, Gen.Bool)
            .SampleAsync(
                async (records, keyed, indented) =>
                {
                    var options = new JsonSerializerOptions { WriteIndented = indented };
                    var rows = records.Select(r => new Dictionary<string, List<string>>(r)).ToList();
                    var text = keyed
                        ? JsonSerializer.Serialize(rows.Select((r, i) => (r, i)).ToDictionary(p => $"k{p.i}", p => p.r), options)
                        : JsonSerializer.Serialize(rows, options);
                    var name = $"{Guid.NewGuid():n}.json";
                    Write(name, text);
                    using var document = JsonDocument.Parse(text);
                    Assert.Equal(
                        document.RootElement.ValueKind == JsonValueKind.Array
                            ? document.RootElement.EnumerateArray().Select(e => e.GetRawText())
                            : document.RootElement.EnumerateObject().Select(p => p.Value.GetRawText()),
                        await ReadAsync(new Json { Path = name })
                    );
                },
                iter: 200
            );

    [Fact]
    public async Task A_json_document_larger_than_any_buffer_is_read_in_order_with_lines()
    {
        var rows = Enumerable
            .Range(0, 3000)
            .Select(i => $"  {{\"n\": {i}, \"text\": \"{new string('x', i % 977)}\"}}")
            .Append($"  {{\"n\": 3000, \"text\": \"{new string('y', 300_000)}\"}}")
            .ToList();
        Write("a.json", $"[\n{string.Join(",\n", rows)}\n]\n");
        var number = 0;
        await foreach (var record in new Json { Path = "a.json" }.ReadAsync(At("a.json"), default))
        {
            Assert.Null(record.Error);
            Assert.Equal(number + 2, record.Line);
            Assert.Equal(rows[number++].Trim(), Encoding.UTF8.GetString(record.Json.Span));
        }

        Assert.Equal(rows.Count, number);
    }

    [Fact]
    public async Task A_json_document_that_is_cut_off_anywhere_says_so()
    {
        var text = Encoding.UTF8.GetBytes("[\n {\"a\": \"größe\", \"b\": [1, {\"c\": null}]},\n {\"a\": \"x\"}\n]");
        for (var cut = 1; cut < text.Length; cut++)
        {
            Write("a.json", text[..cut]);
            if (cut < 5)
                continue; // Not yet recognised as an array of objects.
            Assert.Contains(
                "broken JSON",
                (await Assert.ThrowsAsync<IOException>(() => ReadAsync(new Json { Path = "a.json" }))).Message,
                StringComparison.Ordinal
            );
        }

        Write("a.json", [.. text, .. " \n]"u8]);
        Assert.Contains(
            "text behind the document's end",
            (await Assert.ThrowsAsync<IOException>(() => ReadAsync(new Json { Path = "a.json" }))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_sentence_that_is_set_aside_keeps_its_lines_byte_by_byte()
    {
        Write("a.conll", [.. "Bad\tI-place\nx\tO\n\nOslo\tB-place\n\nK"u8, 0xFF, .. "ln\tB-place\n"u8]);
        var raw = new List<byte[]>();
        await foreach (var record in new Conll { Path = "a.conll" }.ReadAsync(At("a.conll"), default))
            if (record.Error is not null)
                raw.Add(record.Json.ToArray());
        Assert.Equal<byte[]>(["Bad\tI-place\nx\tO\n"u8.ToArray(), [(byte)'K', 0xFF, .. "ln\tB-place\n"u8]], raw);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Lines_end_as_any_system_ends_them_wherever_a_buffer_ends(string end)
    {
        // Buffers begin with 64 KiB: the line ends fall on every side of their borders.
        string[] lines = [.. Enumerable.Range(0, 3000).Select(i => new string((char)('a' + i % 26), 1 + i % 97))];
        Write("a.txt", string.Join(end, lines));
        Assert.Equal(lines.Select(line => $"{{\"text\":\"{line}\"}}"), await ReadAsync(new TextSource { Path = "a.txt" }));
        Write("a.conll", $"{{\tO{end}Oslo\tB-place{end}{end}Rome\tB-place{end}");
        Assert.Equal(
            [
                """{"text":"{ Oslo","entities":[{"kind":"place","text":"Oslo"}]}""",
                """{"text":"Rome","entities":[{"kind":"place","text":"Rome"}]}""",
            ],
            await ReadAsync(new Conll { Path = "a.conll" })
        );
        Write("a.jsonl", $" {end}{{}}{end}{end}{{\"a\":1}}");
        Assert.Equal(["{}", "{\"a\":1}"], await ReadAsync(new JsonLines { Path = "a.jsonl" }));
        Write("a.jsonl", $"{end} {end}");
        Assert.Empty(await ReadAsync(new JsonLines { Path = "a.jsonl" }));
    }

    [Fact]
    public async Task Csv_gives_back_what_a_plain_writer_wrote() =>
        await Gen.Select(Value, Value)
            .Where(row => row != ("a", "b")) // The header once more, which is an error.
            .List[1, 8]
            .SampleAsync(
                async rows =>
                {
                    static string Quoted(string value) => $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
                    var name = $"{Guid.NewGuid():n}.csv";
                    Write(name, "a,b\r\n" + string.Concat(rows.Select(r => $"{Quoted(r.Item1)},{Quoted(r.Item2)}\r\n")));
                    Assert.Equal(rows.Select(r => (r.Item1, r.Item2)), (await ReadAsync(new Csv { Path = name })).Select(Pair));
                },
                iter: 200
            );

    [Fact]
    public async Task Tsv_gives_back_every_value_without_tabs_and_breaks() =>
        await Gen.Select(Plain, Plain)
            .Where(row => row != ("a", "b"))
            .List[1, 8]
            .SampleAsync(
                async rows =>
                {
                    var name = $"{Guid.NewGuid():n}.tsv";
                    Write(name, "a\tb\n" + string.Concat(rows.Select(r => $"{r.Item1}\t{r.Item2}\n")));
                    Assert.Equal(
                        rows.Select(r => (r.Item1, r.Item2)),
                        (await ReadAsync(new Tsv { Path = name, Quotes = false })).Select(Pair)
                    );
                },
                iter: 200
            );

    [Fact]
    public async Task Quotes_around_a_value_of_tsv_are_asked_about()
    {
        Write("a.tsv", "a\tb\nhe said \"x\"\t5\n\"say \"\"hi\"\"\"\ty\n");
        var read = await ReadAsync(new Tsv { Path = "a.tsv" });
        Assert.Equal("{\"a\":\"he said \\\"x\\\"\",\"b\":\"5\"}", read[0]);
        Assert.StartsWith("3: column 'a': a value stands in quotes; say whether", read[1], StringComparison.Ordinal);
        Write("b.tsv", "a\tb\n\"say \"\"hi\"\"\"\ty\n");
        Assert.Equal(("\"say \"\"hi\"\"\"", "y"), Pair(Assert.Single(await ReadAsync(new Tsv { Path = "b.tsv", Quotes = false }))));
        Assert.Equal(("say \"hi\"", "y"), Pair(Assert.Single(await ReadAsync(new Tsv { Path = "b.tsv", Quotes = true }))));
    }

    [Fact]
    public async Task A_value_of_tsv_with_a_line_break_is_named_and_read_with_quotes()
    {
        // As pandas writes it.
        Write("a.tsv", "a\tb\nx\t\"one\ntwo\"\ny\tz\n");
        var error = await Assert.ThrowsAsync<IOException>(() => ReadAsync(new Tsv { Path = "a.tsv" }));
        Assert.Equal(
            "line 2: a value begins with a quote that its line does not close: a value in quotes with a line break in it, as spreadsheets "
                + "and pandas write it? Then say 'quotes: true' at the source; if quotes belong to the values, 'quotes: false'.",
            error.Message
        );
        Assert.Equal([("x", "one\ntwo"), ("y", "z")], (await ReadAsync(new Tsv { Path = "a.tsv", Quotes = true })).Select(Pair));
        Write("b.tsv", "a\tb\n\"one\ntwo\"\tx\n");
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(new Tsv { Path = "b.tsv" }));
    }

    [Fact]
    public async Task Text_gives_lines_or_paragraphs_that_put_together_are_the_file() =>
        await Gen.String[Gen.Char["ab中\" "], 0, 5]
            .Where(l => l.Length == 0 || l.Trim(' ').Length > 0)
            .List[0, 12]
            .SampleAsync(
                async lines =>
                {
                    var name = $"{Guid.NewGuid():n}.txt";
                    Write(name, string.Join("\n", lines));
                    static string Text(string json) => JsonDocument.Parse(json).RootElement.GetProperty("body").GetString()!;
                    Assert.Equal(
                        lines.Where(l => l.Length > 0),
                        (await ReadAsync(new TextSource { Path = name, Field = "body" })).Select(Text)
                    );
                    var paragraphs = string.Join("\n", lines).Split("\n\n").Select(p => p.Trim('\n')).Where(p => p.Length > 0);
                    Assert.Equal(
                        paragraphs,
                        (
                            await ReadAsync(
                                new TextSource
                                {
                                    Path = name,
                                    Field = "body",
                                    Record = TextUnit.Paragraph,
                                }
                            )
                        ).Select(Text)
                    );
                },
                iter: 200
            );

    [Fact]
    public async Task A_paragraph_has_the_line_that_it_begins_on_and_invalid_bytes_are_an_error_of_it()
    {
        Write("a.txt", [.. "\n\none\ntwo\n \nthr"u8, 0xFF, .. "\n\nfour"u8]);
        var records = new List<(long, string?)>();
        await foreach (var record in new TextSource { Path = "a.txt", Record = TextUnit.Paragraph }.ReadAsync(At("a.txt"), default))
            records.Add((record.Line, record.Error));
        Assert.Equal(
            [
                (3, null),
                (
                    6,
                    "invalid UTF-8 at byte 4 (0xFF); if the file is in another encoding, convert it, as with 'iconv -f WINDOWS-1252 -t UTF-8' (or -f GB18030)"
                ),
                (8, null),
            ],
            records
        );
    }

    [Fact]
    public async Task No_bytes_crash_a_source()
    {
        string[] names = ["a.jsonl", "a.json", "a.csv", "a.tsv", "a.txt", "a.conll", "a.parquet", "a.arrow", "a.jsonl.gz", "a.csv.zst"];
        byte[][] heads =
        [
            [],
            [.. "PAR1"u8],
            [.. "ARROW1\0\0"u8],
            [0xFF, 0xFF, 0xFF, 0xFF],
            [0x1F, 0x8B, 8, 0],
            [0x28, 0xB5, 0x2F, 0xFD],
            [.. "{\"a\":"u8],
            [.. "[{"u8],
            [.. "a,b\n\""u8],
            [.. "a\tb\n"u8],
        ];
        await Gen.Select(Gen.Int[0, names.Length - 1], Gen.Int[0, heads.Length - 1], Gen.Byte.Array[0, 200], Gen.Bool)
            .SampleAsync(
                async (name, head, tail, closed) =>
                {
                    var path = $"{Guid.NewGuid():n}-{names[name]}";
                    Write(path, [.. heads[head], .. tail, .. closed ? heads[head] : []]);
                    await Readable(ByPath(path));
                },
                iter: 1500
            );
    }

    private static Gen<string> Plain => Gen.String[Gen.Char["ab,;\"'\\ 中é\u0001"], 0, 6].Where(v => v.Length > 0);

    private static (string, string) Pair(string json)
    {
        using var document = JsonDocument.Parse(json);
        return (document.RootElement.GetProperty("a").GetString()!, document.RootElement.GetProperty("b").GetString()!);
    }
}
