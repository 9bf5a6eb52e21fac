using System.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Decoders;

/// <summary>Words with spaces between, continuations without; perhaps with the spaces before punctuation taken out.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : TokenDecoder
{
    private static readonly (string From, string To)[] Untidy =
    [
        (" .", "."),
        (" ?", "?"),
        (" !", "!"),
        (" ,", ","),
        (" ' ", "'"),
        (" n't", "n't"),
        (" 'm", "'m"),
        (" do not", " don't"),
        (" 's", "'s"),
        (" 've", "'ve"),
        (" 're", "'re"),
    ];

    public override List<string> Apply(List<string> tokens) => [.. tokens.Select((token, i) => Clean(i == 0 ? token : Middle(token)))];

    public override byte[] Bytes(byte[] token) => Encoding.UTF8.GetBytes(Clean(Middle(Encoding.UTF8.GetString(token))));

    private string Middle(string token) => token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : ' ' + token;

    private string Clean(string token)
    {
        if (!cleanup)
            return token;
        foreach (var (from, to) in Untidy)
            token = token.Replace(from, to, StringComparison.Ordinal);
        return token;
    }
}
