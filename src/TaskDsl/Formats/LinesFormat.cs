using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using TaskDsl.Codecs;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Formats;

/// <summary>
/// The items of the one list, one a line; <c>-</c> for none. In an item a line break is written <c>\n</c> (or <c>\r</c>), a backslash
/// <c>\\</c>; an item that is <c>-</c> is written <c>\-</c>.
/// </summary>
[Keyword("lines")]
[Writes("list<text>", "list<string>")]
public sealed record LinesFormat : OutputFormat
{
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics => [new MicroF1(), new ExactMatch()];

    /// <summary>Writes an answer.</summary>
    public void Write(IBufferWriter<byte> utf8, ValueList<string> items)
    {
        if (items.Count == 0)
            utf8.Write(Lines.None);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                utf8.Write("\n"u8);
            if (items[i] == "-")
                utf8.Write("\\"u8);
            Lines.WriteEscaped(utf8, items[i]);
        }
    }

    /// <summary>Parses an answer; the error says why not.</summary>
    public bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ValueList<string>? items, [NotNullWhen(false)] out string? error)
    {
        items = null;
        error = Utf8.IsValid(utf8) ? null : "the answer is not valid UTF-8";
        if (error is not null)
            return false;
        var found = new List<string>();
        if (!utf8.SequenceEqual(Lines.None))
        {
            foreach (var line in utf8.Split((byte)'\n'))
            {
                if (!Lines.TryUnescape(utf8[line], out var item, out error))
                    return false;
                found.Add(item);
            }
        }

        items = [.. found];
        return true;
    }

    /// <summary>All the texts that parse.</summary>
    public Grammars.Grammar Grammar() => Lines.Grammar(Grammars.Grammar.Line);
}
