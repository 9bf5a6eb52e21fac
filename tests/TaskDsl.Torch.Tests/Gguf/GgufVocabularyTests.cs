using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Torch.Gguf;
using Xunit;

namespace TaskDsl.Torch.Tests.Gguf;

/// <summary>llama.cpp cuts texts by a file's vocabulary as the tokenizer does that the file was written of.</summary>
public sealed class GgufVocabularyTests
{
    // What texts are made of that tokenizers trip over.
    private static readonly string[] Odd =
    [
        .. new[]
        {
            " ",
            "  ",
            "\n",
            "\n\n",
            "\t",
            "\r\n",
            "'s",
            "'S",
            "'",
            "don't",
            "I'LL",
            "1",
            "12",
            "1234567",
            "３",
            "½",
            ".",
            "...",
            "—",
        },
        .. new[]
        {
            "法律条款",
            "合同",
            "。",
            "，",
            "日本語",
            "한국어",
            "عقد",
            "हिन्दी",
            "ไทย",
            "é",
            "Straße",
            "Ünïcödé",
            "naïve",
            "ﬁ",
            "€",
            "§ 12",
        },
        .. new[]
        {
            "🙂",
            "👨‍👩‍👧",
            "\u00A0",
            "\u200B",
            "\u3000",
            "_",
            "a_b",
            "camelCase",
            "UPPER",
            "x=1;",
            "<|im_start|>",
            "<b>",
            "{}",
            "\\n",
        },
    ];

    [Fact]
    public void Ten_thousand_texts_have_the_tokens_of_the_shipped_model()
    {
        var repository = Repository();
        var tokenizer = Tokenizer.Load(Path.Combine(repository, "examples", "LegalDesk", "models", "desk-base"));
        using var engine = new Engine(tokenizer, 4096);
        string[] clauses =
        [
            .. new[] { "clauses.en.jsonl", "clauses.zh.jsonl" }
                .SelectMany(name => File.ReadLines(Path.Combine(repository, "examples", "LegalDesk", "data", name)))
                .Select(line => JsonNode.Parse(line)!["clause"]!.GetValue<string>()),
        ];
        var draw = new Random(1);
        var made = Enumerable
            .Range(0, 10_000 - clauses.Length)
            .Select(_ => string.Concat(Enumerable.Range(0, draw.Next(1, 12)).Select(_ => Part(draw, clauses))));
        var texts = clauses.Concat(made).ToArray();
        Assert.Equal(10_000, texts.Length);
        foreach (var text in texts)
            Assert.Equal(tokenizer.Encode(text), engine.Tokens(text));
    }

    /// <summary>
    /// But for texts that are not in the form NFC, where the tokenizer brings them into it, and for those that spell special tokens out
    /// which are not special here, or that begin with what is put before them anyway.
    /// </summary>
    [Theory]
    [InlineData("tokenizer_gpt2"), InlineData("tokenizer_llama3"), InlineData("tokenizer_roberta", "<s> text </s>")]
    [InlineData("tokenizer_qwen2", "cafe\u0301 nai\u0308ve", "combining q\u0307\u0323")]
    [InlineData("tokenizer_sp_llama2", "<pad> and <unk>"), InlineData("tokenizer_sp_gemma", "<pad> and <unk>")]
    [InlineData("tokenizer_bert_uncased", "[CLS] in text [MASK] here [SEP]")]
    public void Texts_have_the_tokens_of_the_reference(string name, params string[] other)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Golden", name);
        var tokenizer = Tokenizer.Load(folder);
        using var engine = new Engine(tokenizer, tokenizer.VocabularySize);
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        string[] texts = [.. golden.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("text").GetString()!)];
        Assert.True(texts.Length > 70);
        Assert.Equal(other, texts.Where(text => !tokenizer.Encode(text).SequenceEqual(engine.Tokens(text))));
        Assert.Equal(
            name == "tokenizer_qwen2",
            GgufVocabulary.Of(tokenizer, tokenizer.VocabularySize).Notices.Any(n => n.Contains("NFC", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("tokenizer_bert_cased", "it keeps capitals or accents")]
    [InlineData("tokenizer_t5", "it is neither byte-level BPE, nor WordPiece, nor a SentencePiece model of the kind BPE")]
    [InlineData("tokenizer_sp_t5", "of the kind unigram")]
    [InlineData("tokenizer_llama2", "it is neither byte-level BPE")]
    public void What_the_format_cannot_say_is_refused(string name, string expected)
    {
        var tokenizer = Tokenizer.Load(Path.Combine(AppContext.BaseDirectory, "Golden", name));
        var error = Assert.Throws<ModelException>(() => GgufVocabulary.Of(tokenizer, tokenizer.VocabularySize));
        Assert.Contains("cannot be said in GGUF: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>One change of what shapes tokens, each: never is an expression taken for another.</summary>
    [Theory]
    [InlineData(@"\p{N}| ?", @"\p{N}{1,2}| ?", "an expression that is not built into llama.cpp")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\": \"Lowercase\"}", "it normalises texts (Lowercase)")]
    [InlineData("\"add_prefix_space\": false", "\"add_prefix_space\": true", "it puts a space before texts")]
    [InlineData("\"ignore_merges\": false", "\"ignore_merges\": true", "ignore_merges")]
    [InlineData("\"use_regex\": false", "\"use_regex\": true", "by more than one expression")]
    public void So_is_what_one_setting_changes(string from, string to, string expected)
    {
        using var folder = new TempFolder();
        var text = File.ReadAllText(Path.Combine(Repository(), "examples", "LegalDesk", "models", "desk-base", "tokenizer.json"));
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(folder.File("tokenizer.json"), text.Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<ModelException>(() => GgufVocabulary.Of(Tokenizer.Load(folder.Path), 4096));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static string Part(Random draw, string[] clauses)
    {
        if (draw.Next(2) == 0)
            return Odd[draw.Next(Odd.Length)];
        var clause = clauses[draw.Next(clauses.Length)];
        var from = draw.Next(clause.Length);
        return clause.Substring(from, draw.Next(Math.Min(20, clause.Length - from) + 1));
    }

    internal static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TaskDsl.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    /// <summary>A file of a vocabulary alone, open in llama.cpp.</summary>
    private sealed class Engine : IDisposable
    {
        private readonly TempFolder folder = new();
        private readonly LlamaCpp llama;

        public Engine(Tokenizer tokenizer, int size)
        {
            KeyValuePair<string, object>[] model =
            [
                new("general.architecture", "llama"),
                new("llama.context_length", 128u),
                new("llama.embedding_length", 32u),
                new("llama.block_count", 1u),
                new("llama.attention.head_count", 1u),
                new("llama.attention.layer_norm_rms_epsilon", 1e-5f),
            ];
            var file = folder.File("vocabulary.gguf");
            GgufWriter.Write(file, model.Concat(GgufVocabulary.Of(tokenizer, size).Settings), [], TestContext.Current.CancellationToken);
            llama = new LlamaCpp(file, vocabularyOnly: true);
        }

        public int[] Tokens(string text) => llama.Tokens(text, special: true, frame: true);

        public void Dispose()
        {
            llama.Dispose();
            folder.Dispose();
        }
    }
}
