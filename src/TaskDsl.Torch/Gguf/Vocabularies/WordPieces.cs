using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.Tokenizers.Reading;

namespace TaskDsl.Torch.Gguf.Vocabularies;

/// <summary>
/// WordPiece, as BERT's. A token that begins a word is written with ▁ in front, one that goes on in it without ##.
/// </summary>
internal sealed class WordPieces : GgufVocabulary
{
    private const string Prefix = "##";

    public override string Name => "bert";

    protected override bool Fits(TokenizerParts parts) => parts.Definition?["model"].Text("type") == "WordPiece";

    /// <summary>llama.cpp puts the tokens of a text's beginning and end around it.</summary>
    protected override (int? Before, int? Behind) Frame(TokenizerParts parts) => (Role(parts, "cls_token"), Role(parts, "sep_token"));

    protected override IEnumerable<string> Obstacles(TokenizerParts parts)
    {
        var json = parts.Definition!.Value;
        if (json.Find("normalizer") is not { Type: "BertNormalizer" } normalizer)
            yield return "it does not clean texts as BERT does (BertNormalizer)";
        else if (!Lowers(normalizer))
            yield return "it keeps capitals or accents, and llama.cpp's WordPiece takes both away";
        if (json.Find("pre_tokenizer") is not { Type: "BertPreTokenizer" })
            yield return "it does not cut texts as BERT does (BertPreTokenizer)";
        if ((json["model"].Text("continuing_subword_prefix") ?? Prefix) != Prefix)
            yield return "it marks tokens within words by something else than ##";
        if (Role(parts, "cls_token") is null || Role(parts, "sep_token") is null)
            yield return "it has no [CLS] or no [SEP]";
    }

    protected override IEnumerable<KeyValuePair<string, object>> Settings(TokenizerParts parts, string[] tokens, int[] types)
    {
        for (var i = 0; i < tokens.Length; i++)
            if (types[i] is Normal or UserDefined)
                tokens[i] = tokens[i].StartsWith(Prefix, StringComparison.Ordinal) ? tokens[i][Prefix.Length..] : "\u2581" + tokens[i];
        yield return new("bos_token_id", (uint)Role(parts, "cls_token")!);
        yield return new("eos_token_id", (uint)Role(parts, "sep_token")!);
    }

    private static bool Lowers(JsonPart normalizer) =>
        normalizer.Flag("lowercase", true)
        && normalizer.Flag("strip_accents", true)
        && normalizer.Flag("clean_text", true)
        && normalizer.Flag("handle_chinese_chars", true);
}
