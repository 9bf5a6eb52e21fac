using System.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Decoders;

/// <summary>▁ becomes a space; the one that was put in front of the text goes.</summary>
internal sealed class MetaspaceDecoder(char sign, bool prepended) : TokenDecoder
{
    private readonly string signText = sign.ToString();

    public override List<string> Apply(List<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(signText, i == 0 && prepended ? "" : " ", StringComparison.Ordinal))];

    public override byte[] Bytes(byte[] token) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(token).Replace(sign, ' '));
}
