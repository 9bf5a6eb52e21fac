using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;
using TaskDsl.HuggingFace.Tokenizers.Reading;
using TaskDsl.HuggingFace.Tokenizers.Text;
using TaskDsl.HuggingFace.Tokenizers.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.HuggingFace.NewTokenizers;

/// <summary>
/// Byte-pair encoding learned from the corpus (Sennrich et al., arXiv 1508.07909), over bytes, so that any text can be written.
/// The same corpus gives the same tokenizer.
/// </summary>
[Keyword("bpe")]
public sealed record Bpe : TokenizerSource
{
    /// <summary>How often a pair must occur in the corpus to become a token.</summary>
    [Range(1, 1_000_000)]
    public int MinimumFrequency { get; init; } = 2;

    /// <summary>The special tokens; the first ends a text.</summary>
    [Length(1, 256)]
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

    /// <inheritdoc/>
    public override Tokenizer Create(
        IEnumerable<ReadOnlyMemory<byte>> corpus,
        int vocabularySize,
        IReadOnlyList<string> specialTokens,
        CancellationToken cancellation = default
    )
    {
        string[] special = [.. SpecialTokens.Concat(specialTokens).Distinct(StringComparer.Ordinal)];
        if (special.Length == 0 || special.Any(string.IsNullOrEmpty))
            throw new ModelException("a tokenizer needs at least one special token, the one that ends a text, and none may be empty.");
        if (vocabularySize < special.Length + 256)
            throw new ModelException(
                $"a vocabulary of {vocabularySize} is too small for {special.Length} special tokens and the 256 bytes."
            );
        var trainer = new BpeTrainer(Enumerable.Range(0, 256).Select(b => new[] { (byte)b }));
        foreach (
            var (word, count) in WordCounter.Count(
                corpus,
                null,
                [new SplitPreTokenizer(Expression.Of(PreTokenizer.Modern), SplitBehavior.Isolated)],
                cancellation
            )
        )
            trainer.Add([.. word], count);
        var merges = trainer.Learn(
            vocabularySize - special.Length - 256,
            MinimumFrequency,
            special.Select(Encoding.UTF8.GetBytes),
            cancellation
        );
        var files = TokenizerFiles.Made(
            "the new tokenizer",
            ("tokenizer.json", Write(special, merges)),
            ("tokenizer_config.json", Config(special[0]))
        );
        return new Tokenizer(TokenizerReader.Read(files, "the new tokenizer"));
    }

    private static string Write(string[] special, IReadOnlyList<(byte[] Left, byte[] Right)> merges)
    {
        return Json(json =>
        {
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            json.WriteStartArray("added_tokens");
            for (var i = 0; i < special.Length; i++)
            {
                json.WriteStartObject();
                json.WriteNumber("id", i);
                json.WriteString("content", special[i]);
                foreach (var flag in (ReadOnlySpan<string>)["single_word", "lstrip", "rstrip", "normalized"])
                    json.WriteBoolean(flag, false);
                json.WriteBoolean("special", true);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNull("normalizer");
            json.WriteStartObject("pre_tokenizer");
            json.WriteString("type", "Sequence");
            json.WriteStartArray("pretokenizers");
            json.WriteStartObject();
            json.WriteString("type", "Split");
            json.WriteStartObject("pattern");
            json.WriteString("Regex", PreTokenizer.Modern);
            json.WriteEndObject();
            json.WriteString("behavior", "Isolated");
            json.WriteBoolean("invert", false);
            json.WriteEndObject();
            ByteLevel(null);
            json.WriteEndArray();
            json.WriteEndObject();
            ByteLevel("post_processor");
            ByteLevel("decoder");
            json.WriteStartObject("model");
            json.WriteString("type", "BPE");
            foreach (var absent in (ReadOnlySpan<string>)["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
                json.WriteNull(absent);
            foreach (var flag in (ReadOnlySpan<string>)["fuse_unk", "byte_fallback", "ignore_merges"])
                json.WriteBoolean(flag, false);
            json.WriteStartObject("vocab");
            var next = 0;
            foreach (var token in special)
                json.WriteNumber(token, next++);
            for (var b = 0; b < 256; b++)
                json.WriteNumber(ByteAlphabet.Write([(byte)b]), next++);
            foreach (var (left, right) in merges)
                json.WriteNumber(ByteAlphabet.Write(left) + ByteAlphabet.Write(right), next++);
            json.WriteEndObject();
            json.WriteStartArray("merges");
            foreach (var (left, right) in merges)
                json.WriteStringValue($"{ByteAlphabet.Write(left)} {ByteAlphabet.Write(right)}");
            json.WriteEndArray();
            json.WriteEndObject();

            void ByteLevel(string? name)
            {
                if (name is null)
                    json.WriteStartObject();
                else
                    json.WriteStartObject(name);
                json.WriteString("type", "ByteLevel");
                foreach (var flag in (ReadOnlySpan<string>)["add_prefix_space", "trim_offsets", "use_regex"])
                    json.WriteBoolean(flag, false);
                json.WriteEndObject();
            }
        });
    }

    private static string Config(string end) =>
        Json(json =>
        {
            json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
            json.WriteString("eos_token", end);
            json.WriteString("pad_token", end);
            json.WriteBoolean("clean_up_tokenization_spaces", false);
        });

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray()) + '\n';
    }
}
