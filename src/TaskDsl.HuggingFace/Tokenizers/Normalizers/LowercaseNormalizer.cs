using System.Buffers;
using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>Small letters, character by character.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place)
    {
        var output = new ArrayBufferWriter<byte>(utf8.Length + 16);
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            Write(rune, output);
            utf8 = utf8[used..];
        }

        return output.WrittenSpan;
    }

    public static void Write(Rune rune, ArrayBufferWriter<byte> output)
    {
        if (rune.Value == 0x130)
            output.Write("i\u0307"u8); // İ, the only letter that becomes two characters.
        else
            output.Write(Rune.ToLowerInvariant(rune));
    }
}
