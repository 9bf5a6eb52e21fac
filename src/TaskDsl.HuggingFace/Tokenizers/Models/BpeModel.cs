using System.Runtime.InteropServices;
using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>Byte-pair encoding (Sennrich et al., arXiv 1508.07909): merges neighbours, the earliest-learned merge first.</summary>
internal sealed class BpeModel : TokenModel
{
    private readonly BpeSymbols symbols;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> merges;
    private readonly Dictionary<byte[], int>? whole;
    private readonly bool cutsBeforeMeta;

    /// <param name="symbols">What a piece is before the first merge.</param>
    /// <param name="merges">Pairs of tokens, with their rank and what they become.</param>
    /// <param name="whole">The tokens by their bytes, where a piece that is a token is taken as it is; otherwise null.</param>
    /// <param name="cutsBeforeMeta">Whether no token has ▁ behind another character: then a text can be cut there, and its words
    /// remembered.
    /// </param>
    public BpeModel(
        BpeSymbols symbols,
        Dictionary<(int Left, int Right), (int Rank, int Id)> merges,
        Dictionary<byte[], int>? whole,
        bool cutsBeforeMeta
    ) => (this.symbols, this.merges, this.whole, this.cutsBeforeMeta) = (symbols, merges, whole, cutsBeforeMeta);

    /// <param name="json">The model's part of the file.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="byteLevel">Whether the pre-tokenizer makes bytes of characters.</param>
    public static BpeModel Read(JsonPart json, TokenTable vocabulary, bool byteLevel)
    {
        json.Only(
            "byte_fallback",
            "continuing_subword_prefix",
            "dropout",
            "end_of_word_suffix",
            "fuse_unk",
            "ignore_merges",
            "merges",
            "unk_token",
            "vocab"
        );
        if (
            json.Find("dropout") is { } dropout
            && (dropout.Value.ValueKind != System.Text.Json.JsonValueKind.Number || dropout.Value.GetDouble() != 0)
        )
            throw dropout.Bad("is given, so that its tokens are random, which is not supported");
        var (prefix, suffix) = (json.Text("continuing_subword_prefix") ?? "", json.Text("end_of_word_suffix") ?? "");
        var bytes = new Dictionary<byte[], int>(vocabulary.Size, SpanComparer.Instance);
        foreach (var (token, id) in vocabulary.Model)
            if (Bytes(token, byteLevel) is { } text)
                bytes.TryAdd(text, id);
        int? unknown = json.Text("unk_token") is not { Length: > 0 } name ? null : vocabulary.Find(name);
        var fallback = json.Flag("byte_fallback") ? Unknown.FindBytes(vocabulary.Find) : null;
        var merges = new Dictionary<(int, int), (int, int)>();
        var rank = 0;
        foreach (var merge in json["merges"].Items())
        {
            var pair =
                merge.Value.ValueKind == System.Text.Json.JsonValueKind.Array
                    ? [.. merge.Items().Select(p => p.String())]
                    : merge.String().Split(' ');
            if (pair.Length != 2)
                throw merge.Bad($"({merge.Value.GetRawText()}) is no pair");
            if (
                vocabulary.Find(pair[0]) is not { } left
                || vocabulary.Find(pair[1]) is not { } right
                || pair[1].Length < prefix.Length
                || vocabulary.Find(string.Concat(pair[0], pair[1].AsSpan(prefix.Length))) is not { } both
            )
                throw merge.Bad($"({merge.Value.GetRawText()}) names a token that is not there");
            merges[(left, right)] = (rank++, both);
        }

        var symbols = new BpeSymbols(bytes, byteLevel, prefix, suffix, new(unknown, fallback, json.Flag("fuse_unk")));
        return new(
            symbols,
            merges,
            json.Flag("ignore_merges") ? bytes : null,
            !byteLevel && prefix.Length + suffix.Length == 0 && CutsBeforeMeta(vocabulary.Model.Select(t => t.Token))
        );
    }

    /// <summary>Whether no token has ▁ behind another character, and ▁ is a token.</summary>
    public static bool CutsBeforeMeta(IEnumerable<string> tokens)
    {
        var known = false;
        foreach (var token in tokens)
        {
            known |= token is [Characters.Meta];
            for (var i = 1; i < token.Length; i++)
                if (token[i] == Characters.Meta && token[i - 1] != Characters.Meta)
                    return false;
        }

        return known;
    }

    public override void Encode(ReadOnlySpan<byte> piece, List<int> ids)
    {
        if (piece.Length == 1 && symbols.Byte(piece[0]) is >= 0 and var single)
        {
            ids.Add(single);
            return;
        }

        if (whole is not null && whole.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(piece, out var id))
        {
            ids.Add(id);
            return;
        }

        if (!cutsBeforeMeta)
        {
            base.Encode(piece, ids);
            return;
        }

        var meta = "\u2581"u8;
        while (!piece.IsEmpty)
        {
            var end = 0;
            while (piece[end..].StartsWith(meta))
                end += meta.Length;
            var next = piece[end..].IndexOf(meta);
            end = next < 0 ? piece.Length : end + next;
            base.Encode(piece[..end], ids);
            piece = piece[end..];
        }
    }

    protected override int[] Tokens(ReadOnlySpan<byte> piece)
    {
        var first = new List<int>(piece.Length);
        symbols.Read(piece, first);
        if (first.Count < 2)
            return symbols.Finish(CollectionsMarshal.AsSpan(first));

        // A linked list of tokens; the queue holds possible merges, some of which are stale when their turn comes.
        var count = first.Count;
        var token = CollectionsMarshal.AsSpan(first);
        var (next, previous) = (new int[count], new int[count]);
        for (var i = 0; i < count; i++)
            (next[i], previous[i]) = (i + 1 < count ? i + 1 : -1, i - 1);
        var queue = new PriorityQueue<(int At, int Id), (int Rank, int At)>();
        for (var i = 0; i + 1 < count; i++)
            Offer(token, i);
        while (queue.TryDequeue(out var entry, out _))
        {
            var (at, id) = entry;
            if (token[at] < 0 || next[at] < 0 || !merges.TryGetValue((token[at], token[next[at]]), out var merge) || merge.Id != id)
                continue;
            var gone = next[at];
            token[at] = id;
            token[gone] = -1;
            next[at] = next[gone];
            if (next[at] >= 0)
                previous[next[at]] = at;
            if (previous[at] >= 0)
                Offer(token, previous[at]);
            Offer(token, at);
        }

        var left = 0;
        for (var i = 0; i >= 0; i = next[i])
            token[left++] = token[i];
        return symbols.Finish(token[..left]);

        void Offer(Span<int> token, int at)
        {
            if (next[at] >= 0 && merges.TryGetValue((token[at], token[next[at]]), out var merge))
                queue.Enqueue((at, merge.Id), (merge.Rank, at));
        }
    }

    private static byte[]? Bytes(string token, bool byteLevel) =>
        !byteLevel ? Encoding.UTF8.GetBytes(token)
        : ByteAlphabet.TryRead(token, out var bytes) ? bytes
        : null;
}
