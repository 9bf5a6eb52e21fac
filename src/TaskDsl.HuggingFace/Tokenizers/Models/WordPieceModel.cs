using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>WordPiece: the longest token first, from left to right; a word that cannot be covered is unknown as a whole.</summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly ByteTrie beginnings = new(),
        continuations = new();
    private readonly int longest;
    private readonly int unknown;

    public WordPieceModel(IEnumerable<(string Token, int Id)> vocabulary, string prefix, int longest, int unknown)
    {
        (this.longest, this.unknown) = (longest, unknown);
        foreach (var (token, id) in vocabulary)
        {
            beginnings.Add(Encoding.UTF8.GetBytes(token), id);
            if (token.StartsWith(prefix, StringComparison.Ordinal))
                continuations.Add(Encoding.UTF8.GetBytes(token[prefix.Length..]), id);
        }
    }

    public static WordPieceModel Read(JsonPart json, TokenTable vocabulary)
    {
        var unknown = json.Only("continuing_subword_prefix", "max_input_chars_per_word", "unk_token", "vocab").Text("unk_token") ?? "[UNK]";
        return new(
            vocabulary.Model,
            json.Text("continuing_subword_prefix") ?? "##",
            json.Number("max_input_chars_per_word", 100),
            vocabulary.Find(unknown) ?? throw json.Bad($"names the unknown token '{unknown}', which its vocabulary lacks")
        );
    }

    protected override int[] Tokens(ReadOnlySpan<byte> piece)
    {
        var characters = 0;
        foreach (var b in piece)
            if ((b & 0xC0) != 0x80)
                characters++;
        if (characters > longest)
            return [unknown];
        var tokens = new List<int>();
        for (var trie = beginnings; !piece.IsEmpty; trie = continuations)
        {
            var (length, id) = trie.LongestAt(piece);
            if (length == 0)
                return [unknown];
            tokens.Add(id);
            piece = piece[length..];
        }

        return [.. tokens];
    }
}
