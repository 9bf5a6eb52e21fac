using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.PreTokenizers;

/// <summary>Cuts a text into the pieces that tokens never cross.</summary>
internal abstract class PreTokenizer
{
    /// <summary>GPT-2's expression, which <c>ByteLevel</c> pre-tokenizers use.</summary>
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>The expression of newer models, with each digit alone: what new tokenizers are trained with.</summary>
    public const string Modern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Cuts the pieces further.</summary>
    public abstract void Apply(Pieces pieces);

    public static IEnumerable<PreTokenizer> Read(JsonPart json)
    {
        switch (json.Type)
        {
            case "Sequence":
                return [.. json.Only("pretokenizers")["pretokenizers"].Items().SelectMany(Read)];
            case "ByteLevel":
                json.Only([.. ByteLevelPreTokenizer.Keys]);
                return [new ByteLevelPreTokenizer(json.Flag("add_prefix_space", true), json.Flag("use_regex", true))];
            case "Metaspace":
                return MetaspacePreTokenizer.From(json);
            case "Split":
                var pattern = json.Only("behavior", "invert", "pattern")["pattern"].Only("Regex", "String");
                var expression = pattern.Has("Regex")
                    ? Expression.Read(pattern["Regex"])
                    : Expression.Of(System.Text.RegularExpressions.Regex.Escape(Literal(pattern["String"])));
                return [new SplitPreTokenizer(expression, Behavior(json["behavior"]), json.Flag("invert"))];
            case "Digits":
                json.Only("individual_digits");
                return
                [
                    new SplitPreTokenizer(
                        Characters.IsNumber,
                        json.Flag("individual_digits") ? SplitBehavior.Isolated : SplitBehavior.Contiguous
                    ),
                ];
            case "Punctuation":
                json.Only("behavior");
                return
                [
                    new SplitPreTokenizer(
                        Characters.IsPunctuation,
                        json.Find("behavior") is { } behavior ? Behavior(behavior) : SplitBehavior.Isolated
                    ),
                ];
            case "BertPreTokenizer":
                json.Only();
                return
                [
                    new SplitPreTokenizer(Characters.IsSpace, SplitBehavior.Removed),
                    new SplitPreTokenizer(Characters.IsPunctuation, SplitBehavior.Isolated),
                ];
            case "Whitespace":
                json.Only();
                return
                [
                    new SplitPreTokenizer(
                        Expression.Of($@"[{Characters.WordClass}]+|[^\s{Characters.WordClass}]+"),
                        SplitBehavior.Removed,
                        invert: true
                    ),
                ];
            case "WhitespaceSplit":
                json.Only();
                return [new SplitPreTokenizer(Characters.IsSpace, SplitBehavior.Removed)];
            case "CharDelimiterSplit":
                var delimiter = json.Only("delimiter")["delimiter"].Character();
                return [new SplitPreTokenizer(c => c == delimiter, SplitBehavior.Removed)];
            default:
                throw json.Unsupported(
                    "ByteLevel, Split, Digits, Punctuation, BertPreTokenizer, Whitespace, WhitespaceSplit, Metaspace, "
                        + "CharDelimiterSplit or Sequence"
                );
        }
    }

    private static string Literal(JsonPart json) =>
        json.String() is { Length: > 0 } text && !text.Any(char.IsSurrogate)
            ? text
            : throw json.Bad("is empty, or has characters beyond U+FFFF, which is not supported");

    private static SplitBehavior Behavior(JsonPart json) =>
        Enum.TryParse<SplitBehavior>(json.String(), out var behavior) && Enum.IsDefined(behavior)
            ? behavior
            : throw json.Bad($"is '{json.String()}'; expected {string.Join(", ", Enum.GetNames<SplitBehavior>())}");
}
