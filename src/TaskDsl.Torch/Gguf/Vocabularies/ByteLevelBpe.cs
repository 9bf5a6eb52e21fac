using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;
using TaskDsl.HuggingFace.Tokenizers.Reading;

namespace TaskDsl.Torch.Gguf.Vocabularies;

/// <summary>
/// Byte-level BPE. How texts are cut before is a name in the file (<c>tokenizer.ggml.pre</c>): that of an expression which llama.cpp has
/// built in (src/llama-vocab.cpp of ggml-org/llama.cpp). Another expression cannot be said.
/// </summary>
internal sealed class ByteLevelBpe : GgufVocabulary
{
    private const string ThreeDigits =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>What is built in: a name, its expression, and whether a piece that is a token is taken as it is.</summary>
    private static readonly (string Name, string Expression, bool Whole)[] Known =
    [
        ("gpt-2", PreTokenizer.Gpt2, false),
        ("qwen2", PreTokenizer.Modern, false),
        ("llama-bpe", ThreeDigits, true),
        ("dbrx", ThreeDigits, false),
    ];

    public override string Name => "gpt2";

    protected override bool Fits(TokenizerParts parts) =>
        parts.Definition?["model"].Has("merges") == true && parts.PreTokenizers.Any(p => p is ByteLevelPreTokenizer);

    protected override IEnumerable<string> Obstacles(TokenizerParts parts)
    {
        var (json, model) = (parts.Definition!.Value, parts.Definition!.Value["model"]);
        if (json.Find("normalizer") is { } normalizer && normalizer.Type != "NFC")
            yield return $"it normalises texts ({normalizer.Type})";
        if (Cut(json).Any(part => part.Type == "ByteLevel" && part.Flag("add_prefix_space", true)))
            yield return "it puts a space before texts (add_prefix_space)";
        if ((model.Text("continuing_subword_prefix") ?? "") + (model.Text("end_of_word_suffix") ?? "") is { Length: > 0 })
            yield return "its tokens show where in a word they stand";
        if (Expression(json) is not { } expression)
            yield return "it cuts texts by more than one expression";
        else if (Known.All(known => known.Expression != expression))
            yield return $"it cuts texts by an expression that is not built into llama.cpp ({expression})";
        else if (Pre(json) is null)
            yield return "it takes pieces that are tokens as they are (ignore_merges), and llama.cpp's with its expression does not";
    }

    protected override IEnumerable<string> Notices(TokenizerParts parts)
    {
        if (parts.Definition!.Value.Has("normalizer"))
            yield return "the tokenizer brings texts into the form NFC, which llama.cpp does not: a text in another form (a letter and its "
                + "accent apart) has other tokens there.";
    }

    protected override IEnumerable<KeyValuePair<string, object>> Settings(TokenizerParts parts, string[] tokens, int[] types)
    {
        yield return new("pre", Pre(parts.Definition!.Value)!);
        yield return new(
            "merges",
            parts
                .Definition!.Value["model"]["merges"]
                .Items()
                .Select(merge =>
                    merge.Value.ValueKind == System.Text.Json.JsonValueKind.Array
                        ? string.Join(' ', merge.Items().Select(half => half.String()))
                        : merge.String()
                )
                .ToArray()
        );
    }

    /// <summary>The name of what is built in; null = nothing is.</summary>
    private static string? Pre(JsonPart json) =>
        Array.Find(Known, known => known.Expression == Expression(json) && known.Whole == json["model"].Flag("ignore_merges")).Name;

    /// <summary>The one expression that texts are cut by; null = there are several, or none.</summary>
    private static string? Expression(JsonPart json)
    {
        string?[] all =
        [
            .. Cut(json)
                .Select(part =>
                    part.Type == "ByteLevel" ? (part.Flag("use_regex", true) ? PreTokenizer.Gpt2 : null)
                    : part.Type == "Split"
                    && part["pattern"].Has("Regex")
                    && !part.Flag("invert")
                    && part["behavior"].String() is "Isolated" or "Removed"
                        ? part["pattern"]["Regex"].String()
                    : ""
                )
                .Where(expression => expression is not null),
        ];
        return all is [var only] ? only : null;
    }

    private static IEnumerable<JsonPart> Cut(JsonPart json) =>
        json["pre_tokenizer"] is { Type: "Sequence" } sequence ? sequence["pretokenizers"].Items() : [json["pre_tokenizer"]];
}
