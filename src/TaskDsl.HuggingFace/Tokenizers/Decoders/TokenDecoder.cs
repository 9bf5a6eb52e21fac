using System.Text;
using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Decoders;

/// <summary>Makes a text of tokens.</summary>
internal abstract class TokenDecoder
{
    /// <summary>Changes the tokens so that, one behind the other, they are the text.</summary>
    public abstract List<string> Apply(List<string> tokens);

    /// <summary>What a token stands for in the middle of a text.</summary>
    public virtual byte[] Bytes(byte[] token) => token;

    public static TokenDecoder Read(JsonPart json)
    {
        return json.Type switch
        {
            "ByteLevel" => Plain(new ByteLevelDecoder(), [.. ByteLevelPreTokenizer.Keys]),
            "WordPiece" => new WordPieceDecoder(json.Only("cleanup", "prefix").Text("prefix") ?? "##", json.Flag("cleanup", true)),
            "Metaspace" => new MetaspaceDecoder(
                json.Only([.. MetaspacePreTokenizer.Keys])["replacement"].Character(),
                MetaspacePreTokenizer.Scheme(json) != PrependScheme.Never
            ),
            "ByteFallback" => Plain(new ByteFallbackDecoder()),
            "Fuse" => Plain(new FuseDecoder()),
            "Replace" => new ReplaceDecoder(Replacement.Read(json)),
            "Strip" => new StripDecoder(
                json.Only("content", "start", "stop")["content"].String().EnumerateRunes().ToArray() is [var rune]
                    ? rune
                    : throw json["content"].Bad("is not one character"),
                json.Number("start", 0),
                json.Number("stop", 0)
            ),
            "BPEDecoder" => new SuffixDecoder(json.Only("suffix").Text("suffix") ?? "</w>"),
            "Sequence" => new DecoderSequence([.. json.Only("decoders")["decoders"].Items().Select(Read)]),
            _ => throw json.Unsupported("ByteLevel, WordPiece, Metaspace, ByteFallback, Fuse, Replace, Strip, BPEDecoder or Sequence"),
        };

        // One that no key changes.
        TokenDecoder Plain(TokenDecoder decoder, params ReadOnlySpan<string> known)
        {
            json.Only(known);
            return decoder;
        }
    }
}

/// <summary>Where a file has no decoder: tokens with spaces between.</summary>
internal sealed class SpacesDecoder : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) => [string.Join(' ', tokens)];

    public override byte[] Bytes(byte[] token) => [(byte)' ', .. token];
}

/// <summary>One decoder behind the other.</summary>
internal sealed class DecoderSequence(IReadOnlyList<TokenDecoder> decoders) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) => decoders.Aggregate(tokens, (t, decoder) => decoder.Apply(t));

    public override byte[] Bytes(byte[] token) => decoders.Aggregate(token, (t, decoder) => decoder.Bytes(t));
}

/// <summary>All tokens as one, for the decoders behind it.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) => [string.Concat(tokens)];
}

/// <summary>Puts one text in place of another, in each token.</summary>
internal sealed class ReplaceDecoder(Replacement replacement) : TokenDecoder
{
    public override List<string> Apply(List<string> tokens) =>
        tokens.ConvertAll(t => Encoding.UTF8.GetString(replacement.Apply(Encoding.UTF8.GetBytes(t))));

    public override byte[] Bytes(byte[] token) => replacement.Apply(token).ToArray();
}
