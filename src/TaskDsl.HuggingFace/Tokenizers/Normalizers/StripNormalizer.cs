using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>Drops white space at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place)
    {
        while (
            left && Rune.DecodeFromUtf8(utf8, out var rune, out var used) == System.Buffers.OperationStatus.Done && Rune.IsWhiteSpace(rune)
        )
            utf8 = utf8[used..];
        while (
            right
            && Rune.DecodeLastFromUtf8(utf8, out var rune, out var used) == System.Buffers.OperationStatus.Done
            && Rune.IsWhiteSpace(rune)
        )
            utf8 = utf8[..^used];
        return utf8;
    }
}
