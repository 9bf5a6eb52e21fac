using System.Buffers;
using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>The cleaning of translation models: control characters go, unusual white space becomes spaces.</summary>
internal sealed class NmtNormalizer : Normalizer
{
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place)
    {
        var output = new ArrayBufferWriter<byte>(utf8.Length + 1);
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var used);
            utf8 = utf8[used..];
            if (rune.Value is (>= 1 and <= 8) or 0xB or (>= 0xE and <= 0x1F) or 0x7F or 0x8F or 0x9F)
                continue;
            if (
                rune.Value
                is 9
                    or 0xA
                    or 0xC
                    or 0xD
                    or 0x1680
                    or (>= 0x200B and <= 0x200F)
                    or 0x2028
                    or 0x2029
                    or 0x2581
                    or 0xFEFF
                    or 0xFFFD
            )
                output.Write((byte)' ');
            else
                output.Write(rune);
        }

        return output.WrittenSpan;
    }
}
