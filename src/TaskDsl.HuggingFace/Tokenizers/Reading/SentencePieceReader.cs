using System.Text;
using TaskDsl.HuggingFace.Tokenizers.Decoders;
using TaskDsl.HuggingFace.Tokenizers.Models;
using TaskDsl.HuggingFace.Tokenizers.Normalizers;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Reading;

/// <summary>
/// Reads a SentencePiece <c>.model</c> with what the class that the configuration names does around it: other ids (XLM-R), more tokens
/// (T5), tokens before and behind.
/// </summary>
internal static class SentencePieceReader
{
    private static readonly string[] LlamaClasses = ["LlamaTokenizer", "GemmaTokenizer", "llama", "mistral", "gemma", "gemma2"],
        T5Classes = ["T5Tokenizer", "MT5Tokenizer", "t5", "mt5"],
        XlmRobertaClasses = ["XLMRobertaTokenizer", "xlm-roberta"];

    public static string[] FileNames { get; } = ["spiece.model", "tokenizer.model", "sentencepiece.bpe.model"];

    public static TokenizerParts Read(TokenizerFiles files, string name)
    {
        var file = SentencePieceFile.Parse(files.PathOf(name), files.Bytes(name));
        var (llama, t5, xlmRoberta) = (
            LlamaClasses.Contains(files.Class),
            T5Classes.Contains(files.Class),
            XlmRobertaClasses.Contains(files.Class)
        );
        if (files.Class is { } other && !llama && !t5 && !xlmRoberta && other != "PreTrainedTokenizer")
            throw new ModelException(
                $"{file.Path}: the tokenizer's class is '{other}', which is not supported in this form; expected "
                    + $"{string.Join(", ", [.. LlamaClasses, .. T5Classes, .. XlmRobertaClasses])}, or a tokenizer.json."
            );

        // XLM-R's ids begin with four tokens of its own; the pieces follow, one further on than in the file.
        var vocabulary = new TokenTable();
        var ids = Enumerable.Range(0, file.Pieces.Count).Select(i => xlmRoberta ? i + 1 : i).ToArray();
        if (xlmRoberta)
        {
            if (!file.Pieces.Take(3).Select(p => p.Text).SequenceEqual(["<unk>", "<s>", "</s>"]))
                throw new ModelException($"{file.Path}: it does not begin with <unk>, <s>, </s>, as those of XLM-R do.");
            (ids[0], ids[1], ids[2]) = (3, 0, 2);
            vocabulary.TryAdd("<s>", 0);
            vocabulary.TryAddOutside("<pad>", 1);
        }

        for (var i = 0; i < ids.Length; i++)
            if (vocabulary.Token(ids[i]) != file.Pieces[i].Text && !vocabulary.TryAdd(file.Pieces[i].Text, ids[i]))
                throw new ModelException($"{file.Path}: the piece '{file.Pieces[i].Text}' is there twice.");
        var added = Added(files, file, vocabulary, ids, t5, xlmRoberta);
        foreach (var token in added)
            if (!vocabulary.TryAddOutside(token.Content, token.Id))
                throw new ModelException($"{file.Path}: the added token '{token.Content}' has the id of '{vocabulary.Token(token.Id)}'.");

        var roles = TokenizerParts.FindRoles(files, vocabulary.Find, file.Pieces.First(p => p.Kind == PieceKind.Unknown).Text);
        return new()
        {
            Source = file.Path,
            Files = files,
            Vocabulary = vocabulary,
            Added = added,
            Normalizer = Normalizer(file),
            Model = file.Model switch
            {
                1 => Unigram(file, ids),
                2 => Bpe(file, ids, vocabulary),
                _ => throw new ModelException($"{file.Path}: its model type {file.Model} is not supported; expected unigram or BPE."),
            },
            Decoder = new SentencePieceDecoder(
                file.Pieces.First(p => p.Kind == PieceKind.Unknown).Text,
                file.UnknownSurface,
                file.DummyPrefix || file.RemoveExtraSpaces,
                file.RemoveExtraSpaces,
                file.ByteFallback
            ),
            Frame =
                t5 ? Frame.Around([], [Role("eos_token")], 0)
                : xlmRoberta ? Frame.Roberta(0, 2)
                : llama
                    ? Frame.Around(
                        files.Config.Flag("add_bos_token", true) ? [Role("bos_token")] : [],
                        files.Config.Flag("add_eos_token") ? [Role("eos_token")] : [],
                        1
                    )
                : Frame.Bare,
            Roles = roles,
        };

        int Role(string role) =>
            roles.TryGetValue(role, out var id) ? id : throw new ModelException($"{file.Path}: nothing says which token is the {role}.");
    }

    private static List<AddedToken> Added(
        TokenizerFiles files,
        SentencePieceFile file,
        TokenTable vocabulary,
        int[] ids,
        bool t5,
        bool xlmRoberta
    )
    {
        var added = new List<AddedToken>();
        for (var i = 0; i < ids.Length; i++)
            if (file.Pieces[i].Kind == PieceKind.Control)
                added.Add(new(ids[i], file.Pieces[i].Text, Special: true));
        if (xlmRoberta)
        {
            added.Add(new(1, "<pad>", Special: true));
            added.Add(new(file.Pieces.Count + 1, "<mask>", Special: true, StripLeft: true));
        }

        if (t5)
        {
            // The first is the last: <extra_id_0> has the largest id.
            var extra = files.Config.Number("extra_ids", 100);
            for (var i = extra - 1; i >= 0; i--)
                added.Add(new(file.Pieces.Count + extra - 1 - i, $"<extra_id_{i}>", Special: true));
        }

        foreach (var token in OutsideTokens.Read(files, new Dictionary<string, string>(), vocabulary.Find))
        {
            added.RemoveAll(a => a.Content == token.Content);
            if (vocabulary.Find(token.Content) is not { } id || id == token.Id)
                added.Add(token);
            else
                throw new ModelException($"{file.Path}: the configuration gives '{token.Content}' the id {token.Id}, but it is {id}.");
        }

        return added;
    }

    private static SentencePieceNormalizer Normalizer(SentencePieceFile file)
    {
        var userDefined = new ByteTrie();
        foreach (var piece in file.Pieces)
            if (piece.Kind == PieceKind.UserDefined)
                userDefined.Add(Encoding.UTF8.GetBytes(piece.Text), 0);
        return new(
            file.CharsMap.Length > 0 ? new CharsMap(file.CharsMap, file.Path) : null,
            userDefined,
            file.DummyPrefix,
            file.RemoveExtraSpaces,
            file.EscapeSpaces
        );
    }

    private static Unknown Unknown(SentencePieceFile file, int[] ids)
    {
        var unknown = ids[file.Pieces.FindIndex(p => p.Kind == PieceKind.Unknown)];
        var bytes = file.Pieces.Select((p, i) => (p, i)).Where(p => p.p.Kind == PieceKind.Byte).ToDictionary(p => p.p.Text, p => ids[p.i]);
        return new(
            unknown,
            file.ByteFallback ? Tokenizers.Models.Unknown.FindBytes(token => bytes.TryGetValue(token, out var id) ? id : null) : null,
            Fused: true
        );
    }

    private static UnigramModel Unigram(SentencePieceFile file, int[] ids)
    {
        var pieces = file
            .Pieces.Select((p, i) => (p.Text, Id: ids[i], p.Score, p.Kind))
            .Where(p => p.Kind is PieceKind.Normal or PieceKind.UserDefined)
            .ToArray();
        double[] scores = [.. pieces.Where(p => p.Kind == PieceKind.Normal).Select(p => (double)p.Score)];
        if (scores.Length == 0)
            throw new ModelException($"{file.Path} has no normal pieces.");
        return new(
            file.Path,
            [.. pieces.Select(p => (p.Text, p.Id, (double)p.Score, p.Kind == PieceKind.UserDefined))],
            scores.Min(),
            scores.Max(),
            Unknown(file, ids),
            single: true
        );
    }

    /// <summary>
    /// SentencePiece merges whichever neighbours make the piece of the best score; as merges of token pairs, that is every way to cut
    /// each piece in two.
    /// </summary>
    private static BpeModel Bpe(SentencePieceFile file, int[] ids, TokenTable vocabulary)
    {
        var tokens = new Dictionary<byte[], int>(SpanComparer.Instance);
        var halves = new Dictionary<string, int>(StringComparer.Ordinal);
        var frozen = new ByteTrie();
        for (var i = 0; i < ids.Length; i++)
        {
            var (text, _, kind) = file.Pieces[i];
            if (kind is not (PieceKind.Normal or PieceKind.UserDefined))
                continue;
            tokens[Encoding.UTF8.GetBytes(text)] = ids[i];
            if (kind == PieceKind.Normal)
                halves[text] = ids[i];
            else
                frozen.Add(Encoding.UTF8.GetBytes(text), ids[i]);
        }

        var lookup = halves.GetAlternateLookup<ReadOnlySpan<char>>();
        var parts = new Dictionary<int, int>();
        var ranks = file
            .Pieces.Select(p => p.Score)
            .Distinct()
            .OrderDescending()
            .Select((score, rank) => (score, rank))
            .ToDictionary(r => r.score, r => r.rank);
        var merges = new Dictionary<(int, int), (int, int)>();
        for (var i = 0; i < ids.Length; i++)
        {
            var (text, score, kind) = file.Pieces[i];
            if (kind is not (PieceKind.Normal or PieceKind.UserDefined))
                continue;
            for (var cut = 1; cut < text.Length; cut++)
            {
                if (char.IsLowSurrogate(text[cut]))
                    continue;
                if (Half(text.AsSpan(0, cut)) is { } left && Half(text.AsSpan(cut)) is { } right)
                    merges[(left, right)] = (ranks[score], ids[i]);
            }
        }

        var symbols = new BpeSymbols(tokens, byteLevel: false, "", "", Unknown(file, ids))
        {
            Frozen = frozen.Longest > 0 ? frozen : null,
            Parts = parts,
        };
        return new(
            symbols,
            merges,
            null,
            BpeModel.CutsBeforeMeta(file.Pieces.Where(p => p.Kind is PieceKind.Normal or PieceKind.UserDefined).Select(p => p.Text))
        );

        int? Half(ReadOnlySpan<char> text)
        {
            if (lookup.TryGetValue(text, out var id))
                return id;
            if (Rune.DecodeFromUtf16(text, out var rune, out var used) != System.Buffers.OperationStatus.Done || used != text.Length)
                return null;
            // A character that is no piece itself can still be part of one.
            if (!parts.TryGetValue(rune.Value, out id))
                parts[rune.Value] = id = vocabulary.Size + parts.Count;
            return id;
        }
    }
}
