using System.Buffers;
using System.Globalization;
using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>
/// SentencePiece's replacements as Hugging Face applies them: to what readers see as one character (a grapheme of fewer than six bytes)
/// first, and there the shortest known beginning decides.
/// </summary>
internal sealed class PrecompiledNormalizer(CharsMap map) : Normalizer
{
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place)
    {
        var output = new ArrayBufferWriter<byte>(utf8.Length + 16);
        var text = Encoding.UTF8.GetString(utf8).AsSpan();
        Span<byte> bytes = stackalloc byte[6];
        while (!text.IsEmpty)
        {
            var grapheme = text[..StringInfo.GetNextTextElementLength(text)];
            text = text[grapheme.Length..];
            if (
                grapheme.Length < 6
                && Encoding.UTF8.TryGetBytes(grapheme, bytes, out var length)
                && length < 6
                && map.Find(bytes[..length], longest: false, out var whole) > 0
            )
            {
                output.Write(whole);
                continue;
            }

            foreach (var rune in grapheme.EnumerateRunes())
            {
                var used = rune.EncodeToUtf8(bytes);
                if (map.Find(bytes[..used], longest: false, out var part) > 0)
                    output.Write(part);
                else
                    output.Write(bytes[..used]);
            }
        }

        return output.WrittenSpan;
    }
}
