using System.Buffers;
using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>Drops combining marks; a decomposing form stands before it.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place)
    {
        if (System.Text.Ascii.IsValid(utf8))
            return utf8;
        var output = new ArrayBufferWriter<byte>(utf8.Length);
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            if (!Characters.IsMark(rune))
                output.Write(rune);
            utf8 = utf8[used..];
        }

        return output.WrittenSpan;
    }
}
