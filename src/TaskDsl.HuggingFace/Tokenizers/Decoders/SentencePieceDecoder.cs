using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Decoders;

/// <summary>SentencePiece's own way back: ▁ becomes a space, what was put in front goes.</summary>
internal sealed class SentencePieceDecoder(string unknown, string unknownText, bool stripsFirst, bool stripsAll, bool byteTokens)
    : TokenDecoder
{
    public override List<string> Apply(List<string> tokens)
    {
        var text = new StringBuilder();
        var run = new List<byte>();
        var (beginning, stripped) = (true, false);
        foreach (var token in tokens)
        {
            if (byteTokens && ByteFallbackDecoder.TryByte(token, out var value))
            {
                run.Add(value);
                continue;
            }

            Flush();
            if (stripped || text.Length > 0)
                beginning = false;
            stripped = false;
            if (token == unknown)
            {
                text.Append(unknownText);
                continue;
            }

            var strips = beginning && stripsFirst && token.StartsWith(Characters.Meta);
            stripped = strips && !stripsAll;
            text.Append(token.AsSpan(strips ? 1 : 0).ToString().Replace(Characters.Meta, ' '));
        }

        Flush();
        return [text.ToString()];

        void Flush()
        {
            ReadOnlySpan<byte> bytes = [.. run];
            while (!bytes.IsEmpty)
            {
                var valid = Rune.DecodeFromUtf8(bytes, out var rune, out var used) == System.Buffers.OperationStatus.Done;
                text.Append(rune.ToString());
                bytes = bytes[(valid ? used : 1)..];
            }

            run.Clear();
        }
    }

    public override byte[] Bytes(byte[] token)
    {
        var text = Encoding.UTF8.GetString(token);
        return text == unknown ? Encoding.UTF8.GetBytes(unknownText)
            : byteTokens && ByteFallbackDecoder.TryByte(text, out var value) ? [value]
            : Encoding.UTF8.GetBytes(text.Replace(Characters.Meta, ' '));
    }
}
