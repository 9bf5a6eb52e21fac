using TaskDsl.HuggingFace.Tokenizers.Text;
using TaskDsl.Unicode;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>One of Unicode's normalization forms.</summary>
internal sealed class UnicodeNormalizer(UnicodeForm form) : Normalizer
{
    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place) => form.Apply(utf8);
}
