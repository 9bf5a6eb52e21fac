using System.Text.Json;
using CsCheck;
using TaskDsl.Data;
using TaskDsl.Data.Stages;

namespace TaskDsl.Tests.Data;

/// <summary>Long texts cut at line borders.</summary>
public sealed class ChunksTests : SourceTest
{
    [Theory]
    // Whole lines, as many as there is room for; the line break at a border is not shown, and does not count.
    [InlineData("one\ntwo\nthree\nfour", 7, false, "one\ntwo|three|four")]
    [InlineData("one\ntwo\nthree\nfour", 6, false, "one|two|three|four")]
    // A line that is longer stands alone.
    [InlineData("one\ntwenty-one\ntwo\nsix", 7, false, "one|twenty-one|two\nsix")]
    // A blank line is no piece.
    [InlineData("one\n\n \ntwo", 3, false, "one\n\n |two")]
    [InlineData("\n\none\ntwo", 3, false, "\n\none|two")]
    // Numbers run through the text, and are counted; what is blank has one too.
    [InlineData("one\ntwo\n\nthree\n", 17, true, "[000]one\n[001]two|[002]\n[003]three\n")]
    // A character is one, however many units it takes.
    [InlineData("😀😀\nab", 5, false, "😀😀\nab")]
    [InlineData("one", 1, false, "one")]
    public void A_text_is_cut_at_line_borders(string text, int most, bool numbers, string expected) =>
        Assert.Equal(expected, string.Join('|', Of(most, numbers).Pieces(text).Select(piece => piece.Text)));

    [Fact]
    public void Pieces_are_the_text_again_and_as_long_as_they_may_be()
    {
        var line = Gen.String[Gen.Char["ab 😀\r\t"], 0, 12];
        Gen.Select(line.Array[1, 20], Gen.Int[1, 40])
            .Sample(
                (lines, most) =>
                {
                    var text = string.Join('\n', lines);
                    if (text.Length == 0)
                        return;
                    (string Text, int Line)[] pieces = [.. Of(most, false).Pieces(text)];
                    Assert.Equal(text, string.Join('\n', pieces.Select(piece => piece.Text)));
                    foreach (var (piece, next) in pieces.Zip(pieces.Skip(1)))
                    {
                        Assert.NotEmpty(piece.Text.Trim());
                        Assert.Equal(piece.Line + piece.Text.Split('\n').Length, next.Line);
                        Assert.True(Length($"{piece.Text}\n{lines[next.Line]}") > most);
                    }

                    // Blank lines that follow, and a line that is alone, may go beyond.
                    foreach (var (piece, _) in pieces)
                        Assert.True(Length(piece.TrimEnd()) <= most || piece.Split('\n').Count(line => line.Trim().Length > 0) == 1);
                },
                threads: 1
            );

        static int Length(string text) => text.EnumerateRunes().Count();
    }

    [Fact]
    public async Task Pieces_fall_into_the_part_of_their_document_and_are_counted()
    {
        Write("a.jsonl", string.Join('\n', Enumerable.Range(0, 60).Select(Record)));
        using var whole = await Corrected.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        using var cut = await Corrected.Build().FromJsonl("a.jsonl").With(Of(12, numbers: true)).ToDatasetAsync(Options);
        Assert.Equal((60, 120, 180), (cut.Report.Read, cut.Report.Added, cut.Report.Kept));
        Assert.Contains("60 records read, 180 kept, +120 by cutting and joining", $"{cut.Report}", StringComparison.Ordinal);
        foreach (var part in Enum.GetValues<SplitName>())
            Assert.Equal(
                Part(whole, part).SelectMany(e => Enumerable.Repeat(e.Output.Corrected, 3)),
                Part(cut, part).Select(e => e.Output.Corrected)
            );
        var pieces = Part(cut, SplitName.Train).Take(3).ToList();
        Assert.Equal($"[000]a [001]line {pieces[0].Output.Corrected} [002]end", string.Join(' ', pieces.Select(e => e.Input.Sentence)));
        Assert.Equal([0, 1, 2], pieces.Select(e => Piece.Of(e.Origin)!.Line!.Value));
        Assert.Single(pieces.Select(e => Piece.Of(e.Origin)!.Document).Distinct());

        static IEnumerable<Corrected.Example> Part(Dataset<Corrected.Example> data, SplitName part) => data[part].Cast<Corrected.Example>();
        static string Record(int i) => JsonSerializer.Serialize(new { sentence = $"a\nline c{i}\nend", corrected = $"c{i}" });
    }

    [Fact]
    public async Task A_field_that_there_is_not_is_told()
    {
        Write("a.jsonl", """{"sentence": "a", "corrected": "b"}""");
        var wrong = Corrected.Build().FromJsonl("a.jsonl").With(new Chunks { Of = "page", Characters = 5 });
        Assert.Contains(
            "chunks: the task 'corrected' has no field 'page', only sentence, note, corrected.",
            (await Assert.ThrowsAsync<DataException>(() => wrong.ToDatasetAsync(Options))).Message,
            StringComparison.Ordinal
        );
    }

    private static Chunks Of(int most, bool numbers) =>
        new()
        {
            Of = "sentence",
            Characters = most,
            NumberLines = numbers,
        };
}
