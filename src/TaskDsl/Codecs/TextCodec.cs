using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace TaskDsl.Codecs;

/// <summary>Format <c>text</c>: the text as it is.</summary>
public static class TextCodec
{
    /// <summary>Writes an answer.</summary>
    public static void Write(IBufferWriter<byte> utf8, string text) => Encoding.UTF8.GetBytes(text, utf8);

    /// <summary>Parses an answer; the error says why not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? error)
    {
        if (!Utf8.IsValid(utf8))
        {
            (text, error) = (null, "the answer is not valid UTF-8");
            return false;
        }

        (text, error) = (Encoding.UTF8.GetString(utf8), null);
        return true;
    }

    /// <summary>All the texts that parse.</summary>
    public static Grammars.Grammar Grammar() => Grammars.Grammar.Text;
}
