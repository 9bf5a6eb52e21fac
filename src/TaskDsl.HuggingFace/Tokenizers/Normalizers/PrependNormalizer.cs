using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Normalizers;

/// <summary>Puts something before a text that is not empty: Llama 2's ▁.</summary>
internal sealed class PrependNormalizer(string prepend) : Normalizer
{
    private readonly byte[] utf8Prepend = Encoding.UTF8.GetBytes(prepend);

    public override ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> utf8, Place place) =>
        utf8.IsEmpty || place == Place.Continuing ? utf8 : (byte[])[.. utf8Prepend, .. utf8];
}
