using System.Buffers;
using System.Text;

namespace TaskDsl.Prompts;

// What compiled templates write that is more than one append.
public sealed partial class PromptBuffer
{
    /// <summary>Appends a whole number; null appends nothing.</summary>
    public void Append(long? value)
    {
        if (value is { } number)
            Append(number);
    }

    /// <summary>Appends a number; null appends nothing.</summary>
    public void Append(double? value)
    {
        if (value is { } number)
            Append(number);
    }

    /// <summary>Appends <c>true</c> or <c>false</c>; null appends nothing.</summary>
    public void Append(bool? value)
    {
        if (value is { } truth)
            Append(truth);
    }

    /// <summary>Appends a text with every match replaced: <c>string.replace</c>.</summary>
    /// <exception cref="ArgumentException">The match is empty.</exception>
    public void AppendReplaced(ReadOnlySpan<char> text, ReadOnlySpan<char> match, ReadOnlySpan<char> replacement)
    {
        if (match.IsEmpty && !text.IsEmpty)
            throw new ArgumentException("string.replace: there is nothing to look for.", nameof(match));
        for (int at; !text.IsEmpty && (at = text.IndexOf(match)) >= 0; text = text[(at + match.Length)..])
        {
            Append(text[..at]);
            Append(replacement);
        }

        Append(text);
    }

    /// <summary>Appends a text without its line breaks: <c>string.strip_newlines</c>.</summary>
    public void AppendWithoutNewlines(ReadOnlySpan<char> text)
    {
        for (int at; (at = text.IndexOfAny('\r', '\n')) >= 0; text = text[(at + 1)..])
            Append(text[..at]);
        Append(text);
    }

    /// <summary>Appends a text in capitals: <c>string.upcase</c>.</summary>
    public void AppendUpcase(ReadOnlySpan<char> text) => AppendMapped(text, static (from, to) => from.ToUpperInvariant(to));

    /// <summary>Appends a text in small letters: <c>string.downcase</c>.</summary>
    public void AppendDowncase(ReadOnlySpan<char> text) => AppendMapped(text, static (from, to) => from.ToLowerInvariant(to));

    /// <summary>Appends a text as Scriban prints it inside of a list: quoted and escaped; null as <c>null</c>.</summary>
    public void AppendQuoted(string? text)
    {
        if (text is null)
        {
            Append("null"u8);
            return;
        }

        Append("\""u8);
        var plain = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c >= ' ' && c is not ('"' or '\\'))
                continue;
            Append(text.AsSpan(plain, i - plain));
            plain = i + 1;
            Append(
                c switch
                {
                    '"' => "\\\""u8,
                    '\\' => @"\\"u8,
                    '\a' => @"\a"u8,
                    '\b' => @"\b"u8,
                    '\t' => @"\t"u8,
                    '\r' => @"\r"u8,
                    '\v' => @"\v"u8,
                    '\f' => @"\f"u8,
                    '\n' => @"\n"u8,
                    _ => Encoding.ASCII.GetBytes($@"\x{(int)c:x2}"),
                }
            );
        }

        Append(text.AsSpan(plain));
        Append("\""u8);
    }

    private void AppendMapped(ReadOnlySpan<char> text, Func<ReadOnlySpan<char>, Span<char>, int> map)
    {
        var mapped = ArrayPool<char>.Shared.Rent(text.Length);
        Append(mapped.AsSpan(0, map(text, mapped)));
        ArrayPool<char>.Shared.Return(mapped);
    }

    /// <summary>
    /// Indents what was appended since <paramref name="from"/>: each line that begins there gets the indent of the tag that wrote it. A
    /// line begins behind a newline, not at the template's own beginning.
    /// </summary>
    /// <param name="template">Where the template's text began.</param>
    /// <param name="from">Where the part to indent begins.</param>
    /// <param name="indent">The indent.</param>
    public void Indent(int template, int from, ReadOnlySpan<byte> indent)
    {
        var written = Utf8[from..];
        if (written.IsEmpty)
            return;
        var begins = from > template && Utf8[from - 1] == '\n';
        if (!begins && !written[..^1].Contains((byte)'\n'))
            return;
        var text = written.ToArray();
        Truncate(from);
        for (var line = text.AsSpan(); !line.IsEmpty; )
        {
            var end = line.IndexOf((byte)'\n') + 1;
            if (end == 0)
                end = line.Length;
            if (begins)
                Append(indent);
            Append(line[..end]);
            line = line[end..];
            begins = true;
        }
    }
}
