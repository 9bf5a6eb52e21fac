using System.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Decoders;

/// <summary>A word's last token has a suffix, which becomes a space.</summary>
internal sealed class SuffixDecoder(string suffix) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];

    public override byte[] Bytes(byte[] token) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(token).Replace(suffix, " ", StringComparison.Ordinal));
}
