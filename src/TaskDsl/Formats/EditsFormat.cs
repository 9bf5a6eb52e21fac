using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using TaskDsl.Codecs;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Formats;

/// <summary>
/// The one text as edits of a text of the input (arXiv 2305.11862): one a line, as <c>start end:text</c>; <c>-</c> where it stays as it is.
/// </summary>
/// <remarks>
/// The units from <c>start</c> to the one before <c>end</c>, counted from 0 in the text as it was, go, and <c>text</c>, escaped as in
/// <c>lines</c>, comes: <c>2 3: dog</c> writes another word, <c>4 4:ly</c> puts something in, <c>3 5:</c> takes two words out. Edits
/// ascend, and those that touch are one, so that an answer is written in one way. A model must count the units: their numbers are not
/// written into the input. The paper parts edits by commas, has words without their spaces, and <c>None</c> for nothing, so that not every
/// text could be read back.
/// </remarks>
[Keyword("edits")]
[Writes("text", "string")]
public sealed record EditsFormat : OutputFormat
{
    /// <summary>The text of the input that is edited.</summary>
    [FieldName("text", "string")]
    public required string Of { get; init; }

    /// <summary>What is counted.</summary>
    public EditUnit Unit { get; init; } = EditUnit.Word;

    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics => [new RougeL(), new ExactMatch()];

    /// <summary>Writes an answer.</summary>
    public void Write(IBufferWriter<byte> utf8, string source, string text)
    {
        var edits = Edits.Between(EditUnits.Of(source, Unit), EditUnits.Of(text, Unit));
        if (edits.Count == 0)
            utf8.Write(Lines.None);
        foreach (var (i, (start, end, comes)) in edits.Index())
        {
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(i > 0 ? "\n" : "")}{start} {end}:"), utf8);
            Lines.WriteEscaped(utf8, comes);
        }
    }

    /// <summary>Parses an answer; the error says why not.</summary>
    public bool TryParse(
        ReadOnlySpan<byte> utf8,
        string source,
        [NotNullWhen(true)] out string? text,
        [NotNullWhen(false)] out string? error
    )
    {
        text = null;
        error = Utf8.IsValid(utf8) ? null : "the answer is not valid UTF-8";
        if (error is not null)
            return false;
        var units = EditUnits.Of(source, Unit);
        var edits = new List<Edit>();
        if (!utf8.SequenceEqual(Lines.None))
        {
            foreach (var line in utf8.Split((byte)'\n'))
            {
                if (!TryParse(utf8[line], units.Length, edits is [.., var last] ? last.End + 1 : 0, out var edit, out error))
                    return false;
                edits.Add(edit);
            }
        }

        (text, error) = (Edits.Apply(units, edits), null);
        return true;
    }

    /// <summary>All the texts that parse.</summary>
    public Grammars.Grammar Grammar(string source) => Grammars.Grammar.EditsOf(EditUnits.Of(source, Unit).Length);

    private bool TryParse(ReadOnlySpan<byte> line, int units, int least, out Edit edit, [NotNullWhen(false)] out string? error)
    {
        edit = default;
        var written = Encoding.UTF8.GetString(line);
        var (space, colon) = (line.IndexOf((byte)' '), line.IndexOf((byte)':'));
        if (
            colon < 0
            || space < 0
            || space > colon
            || !TryNumber(line[..space], out var start)
            || !TryNumber(line[(space + 1)..colon], out var end)
        )
        {
            error = $"'{written}' is no edit, which is written 'start end:text', as '2 3: dog'";
            return false;
        }

        if (!Lines.TryUnescape(line[(colon + 1)..], out var text, out error))
            return false;
        error =
            end < start ? $"the edit '{written}' ends before it begins"
            : end > units ? $"the edit '{written}' ends at {end}, and the text has {units} units ({SnakeCase.Of(Unit.ToString())})"
            : start < least
                ? $"the edit '{written}' begins at {start}, where the one before it leaves off at {least - 1}; "
                    + "edits ascend, and those that touch are one"
            : start == end && text.Length == 0 ? $"the edit '{written}' puts nothing in the place of nothing"
            : null;
        edit = new Edit(start, end, text);
        return error is null;
    }

    // As it is written, and in no other way.
    private static bool TryNumber(ReadOnlySpan<byte> text, out int number) =>
        Utf8Parser.TryParse(text, out number, out var used)
        && used == text.Length
        && text is [>= (byte)'1' and <= (byte)'9', ..] or [(byte)'0'];
}
