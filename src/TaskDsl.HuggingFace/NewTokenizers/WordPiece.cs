using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.HuggingFace.Tokenizers.Normalizers;
using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;
using TaskDsl.HuggingFace.Tokenizers.Reading;
using TaskDsl.HuggingFace.Tokenizers.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.HuggingFace.NewTokenizers;

/// <summary>
/// WordPiece learned from the corpus, as BERT's tokenizers are: words are cut at white space and punctuation, and the neighbours that
/// occur most often become one token; a token that does not begin a word begins with ##. The same corpus gives the same tokenizer.
/// </summary>
[Keyword("wordpiece")]
public sealed record WordPiece : TokenizerSource
{
    private const string Prefix = "##";
    private static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>How often a pair must occur in the corpus to become a token.</summary>
    [Range(1, 1_000_000)]
    public int MinimumFrequency { get; init; } = 2;

    /// <summary>Whether capitals and accents are taken away.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>
    /// The most characters that become tokens, the frequent ones first; the others are unknown. Default: half of the vocabulary.
    /// </summary>
    [Range(1, 1_000_000)]
    public int? Characters { get; init; }

    /// <inheritdoc/>
    public override Tokenizer Create(
        IEnumerable<ReadOnlyMemory<byte>> corpus,
        int vocabularySize,
        IReadOnlyList<string> specialTokens,
        CancellationToken cancellation = default
    )
    {
        string[] special = [.. Special.Concat(specialTokens).Distinct(StringComparer.Ordinal)];
        if (special.Any(string.IsNullOrEmpty))
            throw new ModelException("a special token may not be empty.");
        if (vocabularySize < special.Length + 2)
            throw new ModelException($"a vocabulary of {vocabularySize} is too small for {special.Length} special tokens and an alphabet.");
        var normalizer = new BertNormalizer(clean: true, chinese: true, stripAccents: Lowercase, lowercase: Lowercase);
        SplitPreTokenizer[] cuts =
        [
            new(Tokenizers.Text.Characters.IsSpace, SplitBehavior.Removed),
            new(Tokenizers.Text.Characters.IsPunctuation, SplitBehavior.Isolated),
        ];
        var words = WordCounter.Count(corpus, normalizer, cuts, cancellation);
        var tokens = Learn(words, vocabularySize - special.Length, special, cancellation);
        var files = TokenizerFiles.Made(
            "the new tokenizer",
            ("tokenizer.json", Write(special, tokens)),
            ("tokenizer_config.json", Config())
        );
        return new Tokenizer(TokenizerReader.Read(files, "the new tokenizer"));
    }

    private IEnumerable<string> Learn(List<(byte[] Word, int Count)> words, int size, string[] special, CancellationToken cancellation)
    {
        var texts = words.ConvertAll(w => (Runes: Encoding.UTF8.GetString(w.Word).EnumerateRunes().ToArray(), w.Count));
        var frequent = texts
            .SelectMany(w => w.Runes.Select(r => (Rune: r, w.Count)))
            .GroupBy(r => r.Rune)
            .Select(g => (Rune: g.Key, Count: g.Sum(r => (long)r.Count)));
        // Each character can begin a word; those that also stand inside one are a second token.
        var kept = frequent
            .OrderByDescending(r => r.Count)
            .ThenBy(r => r.Rune)
            .Take(Characters ?? Math.Max(1, size / 2))
            .Select(r => r.Rune)
            .ToHashSet();
        var inside = texts.SelectMany(w => w.Runes.Skip(1)).Where(kept.Contains).Distinct().Order();
        string[] alphabet = [.. kept.Order().Select(r => r.ToString()), .. inside.Select(r => Prefix + r)];
        var ids = alphabet.Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id, StringComparer.Ordinal);
        var trainer = new BpeTrainer(alphabet.Select(Encoding.UTF8.GetBytes), Prefix.Length);
        foreach (var (runes, count) in texts)
            trainer.Add(
                [
                    .. runes
                        .Select((r, i) => (Rune: r, Token: i == 0 ? r.ToString() : Prefix + r))
                        .Where(r => kept.Contains(r.Rune))
                        .Select(r => ids[r.Token]),
                ],
                count
            );
        trainer.Learn(Math.Max(0, size - alphabet.Length), MinimumFrequency, special.Select(Encoding.UTF8.GetBytes), cancellation);
        return trainer.Tokens.Select(Encoding.UTF8.GetString).Where(t => !special.Contains(t)).Take(size);
    }

    private string Write(string[] special, IEnumerable<string> tokens)
    {
        var vocabulary = new JsonObject();
        foreach (var token in special.Concat(tokens))
            vocabulary.Add(token, vocabulary.Count);
        return Json(
            new()
            {
                ["version"] = "1.0",
                ["truncation"] = null,
                ["padding"] = null,
                ["added_tokens"] = new JsonArray([
                    .. special.Select(
                        (token, id) =>
                            new JsonObject
                            {
                                ["id"] = id,
                                ["content"] = token,
                                ["single_word"] = false,
                                ["lstrip"] = false,
                                ["rstrip"] = false,
                                ["normalized"] = false,
                                ["special"] = true,
                            }
                    ),
                ]),
                ["normalizer"] = new JsonObject
                {
                    ["type"] = "BertNormalizer",
                    ["clean_text"] = true,
                    ["handle_chinese_chars"] = true,
                    ["strip_accents"] = null,
                    ["lowercase"] = Lowercase,
                },
                ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
                ["post_processor"] = new JsonObject
                {
                    ["type"] = "TemplateProcessing",
                    ["single"] = new JsonArray(Token("[CLS]", 0), Text("A", 0), Token("[SEP]", 0)),
                    ["pair"] = new JsonArray(Token("[CLS]", 0), Text("A", 0), Token("[SEP]", 0), Text("B", 1), Token("[SEP]", 1)),
                    ["special_tokens"] = new JsonObject { ["[CLS]"] = Named("[CLS]"), ["[SEP]"] = Named("[SEP]") },
                },
                ["decoder"] = new JsonObject
                {
                    ["type"] = "WordPiece",
                    ["prefix"] = Prefix,
                    ["cleanup"] = true,
                },
                ["model"] = new JsonObject
                {
                    ["type"] = "WordPiece",
                    ["unk_token"] = "[UNK]",
                    ["continuing_subword_prefix"] = Prefix,
                    ["max_input_chars_per_word"] = 100,
                    ["vocab"] = vocabulary,
                },
            }
        );

        JsonObject Named(string token) =>
            new()
            {
                ["id"] = token,
                ["ids"] = new JsonArray(Array.IndexOf(special, token)),
                ["tokens"] = new JsonArray(token),
            };
        static JsonObject Token(string token, int type) =>
            new()
            {
                ["SpecialToken"] = new JsonObject { ["id"] = token, ["type_id"] = type },
            };
        static JsonObject Text(string text, int type) =>
            new()
            {
                ["Sequence"] = new JsonObject { ["id"] = text, ["type_id"] = type },
            };
    }

    private static string Config() =>
        Json(
            new()
            {
                ["tokenizer_class"] = "PreTrainedTokenizerFast",
                ["unk_token"] = "[UNK]",
                ["sep_token"] = "[SEP]",
                ["pad_token"] = "[PAD]",
                ["cls_token"] = "[CLS]",
                ["mask_token"] = "[MASK]",
                ["clean_up_tokenization_spaces"] = false,
            }
        );

    private static string Json(JsonObject json) =>
        json.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + '\n';
}
