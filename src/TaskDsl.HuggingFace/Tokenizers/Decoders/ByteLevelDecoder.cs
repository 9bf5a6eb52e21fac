using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Decoders;

/// <summary>Characters of the byte alphabet become bytes, and those a text; a token with other characters stands for itself.</summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override List<string> Apply(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
            bytes.AddRange(Bytes(token));
        return [Encoding.UTF8.GetString([.. bytes])];
    }

    public override byte[] Bytes(byte[] token) => Bytes(Encoding.UTF8.GetString(token));

    private static byte[] Bytes(string token) => ByteAlphabet.TryRead(token, out var bytes) ? bytes : Encoding.UTF8.GetBytes(token);
}
