using System.Buffers;
using System.Text;
using TaskDsl.Codecs;
using TaskDsl.Formats;
using TaskDsl.Grammars;
using TaskDsl.Metrics;

namespace TaskDsl.Tests.Codecs;

/// <summary>Texts as edits of other texts (arXiv 2305.11862): what is written reads back, whatever the texts.</summary>
public class EditsTests
{
    // Words, signs that edits are written with, scripts without spaces, marks, a pair of surrogates, line ends.
    private static readonly string[] Pieces =
    [
        "the",
        "a",
        "cat",
        "s",
        " ",
        " ",
        " ",
        "  ",
        ".",
        ",",
        "-",
        ":",
        "\\",
        "\n",
        "\r\n",
        "1",
        "10",
        "n",
        "付",
        "款",
        "，",
        "ก",
        "é",
        "e\u0301",
        "\u0301",
        "😀",
        "\t",
        "\u00A0",
    ];

    [Theory]
    [InlineData(EditUnit.Word, 50_000)]
    [InlineData(EditUnit.Character, 25_000)]
    [InlineData(EditUnit.Line, 25_000)]
    public void Whatever_the_texts_what_is_written_reads_back(EditUnit unit, int pairs)
    {
        var random = new Random(9);
        var format = new EditsFormat { Of = "source", Unit = unit };
        var utf8 = new ArrayBufferWriter<byte>();
        for (var i = 0; i < pairs; i++)
        {
            var spaces = i % 2 == 0;
            var source = Text(random, spaces);
            // Half of them are like each other, as gold is like what it corrects.
            var target = i % 4 < 2 ? Text(random, spaces) : Changed(random, source);
            utf8.ResetWrittenCount();
            format.Write(utf8, source, target);
            Assert.True(format.TryParse(utf8.WrittenSpan, source, out var read, out var error), $"{error} of '{source}' → '{target}'");
            Assert.Equal(target, read);
            Assert.Equal(source, string.Concat(EditUnits.Of(source, unit)));
            if (i % 100 == 0)
                Assert.True(
                    new GrammarMatcher(format.Grammar(source)).IsMatch(utf8.WrittenSpan),
                    Encoding.UTF8.GetString(utf8.WrittenSpan)
                );
        }
    }

    [Theory]
    [InlineData("the cat sat", "the cat sat", "-")]
    [InlineData("the cat sat", "the dog sat", "1 2: dog")]
    [InlineData("the cat sat", "the cat sat down.", "3 3: down.")]
    [InlineData("the cat sat", "a cat stood", "0 1:a\n2 3: stood")]
    [InlineData("the the cat sat on", "the cat sat", "1 2:\n4 5:")]
    [InlineData("付款期限", "付款的期限", "2 2:的")]
    [InlineData("", "so", "0 0:so")]
    [InlineData("all of it", "", "0 3:")]
    [InlineData("", "", "-")]
    [InlineData("-", "-", "-")]
    [InlineData("a\nb", "a\nc\\", "1 2:\\nc\\\\")]
    [InlineData("don't", "do n't", "0 1:do n")]
    public void Edits_are_written_as_people_read_them(string source, string target, string expected) =>
        Assert.Equal(expected, Written(source, target));

    [Theory]
    [InlineData("", "'' is no edit, which is written 'start end:text', as '2 3: dog'")]
    [InlineData("cat", "'cat' is no edit")]
    [InlineData("1 2", "'1 2' is no edit")]
    [InlineData("01 2:a", "'01 2:a' is no edit")]
    [InlineData("+1 2:a", "is no edit")]
    [InlineData("1  2:a", "is no edit")]
    [InlineData("99999999999 2:a", "is no edit")]
    [InlineData("-\n1 2:a", "'-' is no edit")]
    [InlineData("1 2:a\n", "'' is no edit")]
    [InlineData("2 1:a", "the edit '2 1:a' ends before it begins")]
    [InlineData("1 4:a", "the edit '1 4:a' ends at 4, and the text has 3 units (word)")]
    [InlineData("1 1:", "the edit '1 1:' puts nothing in the place of nothing")]
    [InlineData("1 2:a\n1 2:b", "the edit '1 2:b' begins at 1, where the one before it leaves off at 2; edits ascend, and those that")]
    [InlineData("0 1:a\n1 2:b", "begins at 1, where the one before it leaves off at 1")]
    [InlineData("1 2:a\\", "a backslash stands alone")]
    public void What_is_wrong_with_edits_is_said(string answer, string error)
    {
        var format = new EditsFormat { Of = "source" };
        Assert.False(format.TryParse(Encoding.UTF8.GetBytes(answer), "the cat sat", out _, out var said));
        Assert.Contains(error, said, StringComparison.Ordinal);
        Assert.False(new GrammarMatcher(format.Grammar("the cat sat")).IsMatch(Encoding.UTF8.GetBytes(answer)));
    }

    [Fact]
    public void The_grammar_accepts_what_parses_and_nothing_else()
    {
        var format = new EditsFormat { Of = "source" };
        var random = new Random(3);
        foreach (var units in (int[])[0, 1, 3, 12])
        {
            var source = string.Join(' ', Enumerable.Repeat("a", units));
            var matcher = new GrammarMatcher(format.Grammar(source));
            for (var i = 0; i < 5_000; i++)
            {
                var answer = new StringBuilder(Written(source, Changed(random, source)));
                // Spoilt in up to two places.
                for (var n = random.Next(3); n > 0; n--)
                    answer.Insert(random.Next(answer.Length + 1), "0123 :\na-\\"[random.Next(10)]);
                var utf8 = Encoding.UTF8.GetBytes(answer.ToString());
                // "\-" reads as in lines, and is not written.
                if (!answer.ToString().Contains("\\-", StringComparison.Ordinal))
                    Assert.True(
                        format.TryParse(utf8, source, out _, out var error) == matcher.IsMatch(utf8),
                        $"{units} '{answer}': {error}"
                    );
            }
        }
    }

    [Fact]
    public void No_edit_touches_another_and_no_fewer_units_would_do()
    {
        var random = new Random(4);
        for (var i = 0; i < 2_000; i++)
        {
            string[] source = Some(),
                target = Some();
            var edits = Edits.Between(source, target);
            Assert.All(edits.Zip(edits.Skip(1)), pair => Assert.True(pair.Second.Start > pair.First.End));
            var kept = source.Length - edits.Sum(edit => edit.End - edit.Start);
            Assert.Equal(Common(source, target), kept);
            Assert.Equal(string.Concat(target), Edits.Apply(source, edits));
        }

        string[] Some() => [.. Enumerable.Range(0, random.Next(9)).Select(_ => "abc"[random.Next(3)].ToString())];

        // As it is defined.
        static int Common(ReadOnlySpan<string> a, ReadOnlySpan<string> b) =>
            a.IsEmpty || b.IsEmpty ? 0
            : a[0] == b[0] ? 1 + Common(a[1..], b[1..])
            : Math.Max(Common(a[1..], b), Common(a, b[1..]));
    }

    [Fact]
    public void Texts_too_long_to_align_are_one_edit_between_their_common_ends()
    {
        string[] source = ["x", .. Enumerable.Range(0, 5_000).Select(i => $"{i}"), "y"],
            target = ["x", .. Enumerable.Range(0, 5_000).Select(i => $"{-i - 1}"), "y"];
        Assert.Equal((1, 5_001), Edits.Between(source, target) is [var edit] ? (edit.Start, edit.End) : default);
        Assert.Equal(string.Concat(target), Edits.Apply(source, Edits.Between(source, target)));
    }

    [Fact]
    public void A_task_writes_reads_and_constrains_edits_of_its_input()
    {
        var input = new Corrected.Input("the cat sat", null);
        var utf8 = new ArrayBufferWriter<byte>();
        Corrected.Task.WriteOutput(utf8, input, new Corrected.Output("the dog sat"), "en");
        Assert.Equal("1 2: dog", Encoding.UTF8.GetString(utf8.WrittenSpan));
        Assert.True(Corrected.Task.TryParseOutput("0 1:a"u8, input, "en", out var output, out _));
        Assert.Equal(new Corrected.Output("a cat sat"), output);
        Assert.False(new GrammarMatcher(Corrected.Task.OutputGrammar(input, "en")).IsMatch("3 4:a"u8));
        Assert.True(new GrammarMatcher(Corrected.Task.OutputGrammar(new Corrected.Input("the cat sat on", null), "en")).IsMatch("3 4:a"u8));
        Assert.IsType<EditF>(Corrected.Task.Metrics[0]);
    }

    private static string Written(string source, string target)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        new EditsFormat { Of = "source" }.Write(utf8, source, target);
        return Encoding.UTF8.GetString(utf8.WrittenSpan);
    }

    private static string Text(Random random, bool spaces) =>
        string.Join(spaces ? " " : "", Enumerable.Range(0, random.Next(12)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static string Changed(Random random, string text)
    {
        var units = EditUnits.Of(text, EditUnit.Word).ToList();
        for (var n = random.Next(4); n > 0; n--)
        {
            var at = random.Next(units.Count + 1);
            if (at < units.Count && random.Next(2) == 0)
                units.RemoveAt(at);
            else
                units.Insert(at, Pieces[random.Next(Pieces.Length)]);
        }

        return string.Concat(units);
    }
}
