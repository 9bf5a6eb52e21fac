using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>Puts one text in place of another.</summary>
internal sealed class ReplaceNormalizer(Replacement replacement) : Normalizer
{
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place) => replacement.Apply(utf8);
}
