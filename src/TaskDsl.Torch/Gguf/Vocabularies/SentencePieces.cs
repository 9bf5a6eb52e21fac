using TaskDsl.HuggingFace.Tokenizers.Reading;

namespace TaskDsl.Torch.Gguf.Vocabularies;

/// <summary>A SentencePiece model of the kind BPE, as Llama 2's and Gemma's: pieces with scores.</summary>
internal sealed class SentencePieces : GgufVocabulary
{
    public override string Name => "llama";

    protected override bool Fits(TokenizerParts parts) => parts.Definition is null;

    protected override IEnumerable<string> Obstacles(TokenizerParts parts)
    {
        var file = Read(parts);
        if (file.Model != 2)
            yield return "it is a SentencePiece model of the kind unigram; BPE was expected";
        if (file.CharsMap.Length > 0)
            yield return "it normalises texts by a table (precompiled_charsmap)";
        if (file.RemoveExtraSpaces)
            yield return "it takes away spaces (remove_extra_whitespaces)";
        if (file.Pieces.Where((piece, id) => parts.Vocabulary.Token(id) != piece.Text).Any())
            yield return "its tokens have other ids than in its file";
    }

    protected override IEnumerable<KeyValuePair<string, object>> Settings(TokenizerParts parts, string[] tokens, int[] types)
    {
        var file = Read(parts);
        var scores = Enumerable.Repeat(-10000f, tokens.Length).ToArray();
        for (var id = 0; id < file.Pieces.Count; id++)
            (scores[id], types[id]) = (file.Pieces[id].Score, (int)file.Pieces[id].Kind);
        yield return new("pre", "default");
        yield return new("scores", scores);
        yield return new("add_space_prefix", file.DummyPrefix);
    }

    private static SentencePieceFile Read(TokenizerParts parts) =>
        SentencePieceFile.Parse(parts.Source, parts.Files.Bytes(Path.GetFileName(parts.Source)));
}
