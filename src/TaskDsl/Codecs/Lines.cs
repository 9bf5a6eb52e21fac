using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace TaskDsl.Codecs;

/// <summary>What the formats that write one item a line share.</summary>
public static class Lines
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create(['\n', '\r', '\\']);

    /// <summary>The answer without items.</summary>
    public static ReadOnlySpan<byte> None => "-"u8;

    /// <summary>Writes a text so that it stands on one line.</summary>
    public static void WriteEscaped(IBufferWriter<byte> utf8, ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(Escaped) is >= 0 and var next)
        {
            Encoding.UTF8.GetBytes(text[..next], utf8);
            utf8.Write(
                text[next] switch
                {
                    '\n' => "\\n"u8,
                    '\r' => "\\r"u8,
                    _ => "\\\\"u8,
                }
            );
            text = text[(next + 1)..];
        }

        Encoding.UTF8.GetBytes(text, utf8);
    }

    /// <summary>Reads such a text back.</summary>
    public static bool TryUnescape(ReadOnlySpan<byte> line, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        (text, error) = (null, null);
        if (!line.ContainsAny((byte)'\\', (byte)'\r'))
        {
            text = Encoding.UTF8.GetString(line);
            return true;
        }

        var bytes = new ArrayBufferWriter<byte>(line.Length);
        while (line.IndexOfAny((byte)'\\', (byte)'\r') is >= 0 and var next)
        {
            bytes.Write(line[..next]);
            var escape = line[next] == '\\' && next + 1 < line.Length ? line[next + 1] : (byte)0;
            var plain = escape switch
            {
                (byte)'n' => "\n"u8,
                (byte)'r' => "\r"u8,
                (byte)'\\' => "\\"u8,
                (byte)'-' => "-"u8,
                _ => default,
            };
            if (plain.IsEmpty)
            {
                error =
                    line[next] == '\r'
                        ? "a carriage return stands in the answer; it is written \\r"
                        : "a backslash stands alone in the answer; it is written \\\\";
                return false;
            }

            bytes.Write(plain);
            line = line[(next + 2)..];
        }

        bytes.Write(line);
        text = Encoding.UTF8.GetString(bytes.WrittenSpan);
        return true;
    }

    /// <summary>Items one a line, or the dash.</summary>
    public static Grammars.Grammar Grammar(Grammars.Grammar item) =>
        Grammars.Grammar.Choice(Grammars.Grammar.Literal("-"), Grammars.Grammar.Repeat(item, 1, separator: Grammars.Grammar.Literal("\n")));
}
