using System.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Decoders;

/// <summary>Takes some of a character off the ends of each token.</summary>
internal sealed class StripDecoder(Rune character, int start, int stop) : TokenDecoder
{
    private readonly string text = character.ToString();

    public override List<string> Apply(List<string> tokens) =>
        tokens.ConvertAll(token =>
        {
            for (var i = 0; i < start && token.StartsWith(text, StringComparison.Ordinal); i++)
                token = token[text.Length..];
            for (var i = 0; i < stop && token.EndsWith(text, StringComparison.Ordinal); i++)
                token = token[..^text.Length];
            return token;
        });
}
