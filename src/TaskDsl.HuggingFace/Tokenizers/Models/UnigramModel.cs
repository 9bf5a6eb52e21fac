using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>
/// A unigram language model (Kudo, arXiv 1804.10959): of all ways to cut a piece into tokens, the most probable.
/// </summary>
internal sealed class UnigramModel : TokenModel
{
    private const double UnknownPenalty = 10;
    private readonly string source;
    private readonly ByteTrie trie = new();
    private readonly double[] scores; // by place in the trie
    private readonly int[] ids;
    private readonly bool[] userDefined;
    private readonly double lowest,
        highest;
    private readonly Unknown unknown;
    private readonly bool single;

    /// <param name="source">The file, for errors.</param>
    /// <param name="pieces">The tokens that can be found in a text.</param>
    /// <param name="lowest">The lowest score that counts.</param>
    /// <param name="highest">The highest.</param>
    /// <param name="unknown">What stands for the rest.</param>
    /// <param name="single">Whether sums are rounded to float32, as in SentencePiece itself.</param>
    public UnigramModel(
        string source,
        IReadOnlyList<(string Token, int Id, double Score, bool UserDefined)> pieces,
        double lowest,
        double highest,
        Unknown unknown,
        bool single
    )
    {
        (this.source, this.lowest, this.highest, this.unknown, this.single) = (source, lowest, highest, unknown, single);
        (scores, ids, userDefined) = (
            [.. pieces.Select(p => p.Score)],
            [.. pieces.Select(p => p.Id)],
            [.. pieces.Select(p => p.UserDefined)]
        );
        for (var i = 0; i < pieces.Count; i++)
            trie.Add(Encoding.UTF8.GetBytes(pieces[i].Token), i);
    }

    public static UnigramModel Read(JsonPart json, TokenTable vocabulary, IReadOnlyList<double> scores)
    {
        json.Only("byte_fallback", "unk_id", "vocab");
        if (scores.Count == 0)
            throw json["vocab"].Bad("is empty");
        int? unknown = json.Find("unk_id")?.Id();
        if (unknown >= scores.Count)
            throw json["unk_id"].Bad("is no token");
        var bytes = json.Flag("byte_fallback") ? Unknown.FindBytes(vocabulary.Find) : null;
        return new(
            json.Source,
            [.. vocabulary.Model.Select(t => (t.Token, t.Id, scores[t.Id], false))],
            scores.Min(),
            scores.Max(),
            new(unknown, bytes, Fused: true),
            single: false
        );
    }

    // Special tokens are in the vocabulary with a score that wins: "</s>" in a plain text would be one.
    public override void EncodePlain(ReadOnlySpan<byte> piece, IReadOnlySet<int> special, List<int> ids)
    {
        var start = ids.Count;
        Encode(piece, ids);
        var found = false;
        for (var i = start; i < ids.Count && !found; i++)
            found = special.Contains(ids[i]);
        if (!found)
            return;
        ids.RemoveRange(start, ids.Count - start);
        ids.AddRange(Tokens(piece, special));
    }

    protected override int[] Tokens(ReadOnlySpan<byte> piece) => Tokens(piece, null);

    private int[] Tokens(ReadOnlySpan<byte> piece, IReadOnlySet<int>? without)
    {
        // Behind each byte: the best sum, the last token (-1 = unknown, -2 = not reached) and where it begins.
        var best = new double[piece.Length + 1];
        var token = new int[piece.Length + 1];
        var from = new int[piece.Length + 1];
        Array.Fill(token, -2);
        var penalty = single ? (float)((float)lowest - (float)UnknownPenalty) : lowest - UnknownPenalty;
        for (var at = 0; at < piece.Length; )
        {
            var here = best[at];
            Rune.DecodeFromUtf8(piece[at..], out _, out var width);
            var whole = false; // Whether some token is just this character.
            for (int end = at, node = 0; end < piece.Length && (node = trie.Next(node, piece[end])) >= 0; )
            {
                end++;
                if (trie.Value(node) is not (>= 0 and var found) || without?.Contains(ids[found]) == true)
                    continue;
                Offer(
                    end,
                    found,
                    userDefined[found] ? (single ? (float)((end - at) * (float)highest) : (end - at) * highest) - 0.1 : scores[found]
                );
                whole |= end - at == width;
            }

            if (!whole)
                Offer(at + width, -1, penalty);
            at += width;

            void Offer(int end, int id, double score)
            {
                var sum = single && id < 0 ? (float)(score + here) : score + here;
                if (token[end] != -2 && sum <= best[end])
                    return;
                (best[end], token[end], from[end]) = (single ? (float)sum : sum, id, at);
            }
        }

        return Follow(piece, token, from);
    }

    private int[] Follow(ReadOnlySpan<byte> piece, int[] token, int[] from)
    {
        var backwards = new List<int>(); // Ends of tokens, the last first.
        for (var end = piece.Length; end > 0; end = from[end])
            backwards.Add(end);
        var result = new List<int>(backwards.Count);
        for (var i = backwards.Count - 1; i >= 0; i--)
        {
            var end = backwards[i];
            if (token[end] >= 0 && ids[token[end]] != unknown.Token)
            {
                result.Add(ids[token[end]]);
                continue;
            }

            var start = from[end];
            while (unknown.Fused && i > 0 && (token[backwards[i - 1]] < 0 || ids[token[backwards[i - 1]]] == unknown.Token))
                end = backwards[--i];
            if (trie.LongestAt(piece[start..end]) is (var length, >= 0 and var whole) && length == end - start)
                result.Add(ids[whole]); // The unknown token, spelt out.
            else if (!unknown.TryBytes(piece[start..end], result))
                result.Add(
                    unknown.Token
                        ?? throw new ModelException(
                            $"{source}: '{Encoding.UTF8.GetString(piece[start..end])}' is not in its vocabulary, which has no "
                                + "unknown token."
                        )
                );
        }

        return [.. result];
    }
}
