using System.Text;
using CsCheck;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.NewTokenizers;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.HuggingFace.Tokenizers.PreTokenizers;
using TaskDsl.HuggingFace.Tokenizers.Text;
using TaskDsl.Prompts;
using Xunit;

namespace TaskDsl.Torch.Tests.Tokenizers;

public sealed class BpeTests
{
    private static readonly byte[] Corpus = Encoding.UTF8.GetBytes(
        string.Concat(
            Enumerable.Repeat(
                "The tenant pays the rent; the landlord's roof is 20 years old.\n承租人应于每月第一日支付租金。aaaa aaaaa <|endoftext|> 😀😀x\r\n",
                40
            )
        )
    );
    private static readonly Tokenizer Trained = new Bpe().Create([Corpus], 400, ["<|extra|>"]);

    [Fact]
    public void Training_twice_gives_the_same_tokenizer() =>
        Assert.Equal(Trained.Fingerprint, new Bpe().Create([Corpus], 400, ["<|extra|>"]).Fingerprint);

    [Fact]
    public void Frequent_words_become_one_token()
    {
        Assert.Equal(300, new Bpe().Create([Corpus], 300, []).VocabularySize);
        Assert.InRange(Trained.VocabularySize, 300, 399); // The corpus has no more pairs.
        Assert.Single(Ids(" tenant"));
        Assert.Single(Ids("支"));
        Assert.True(Ids("Quetzalcoatl").Length > 4);
    }

    [Fact]
    public void Any_text_comes_back_unchanged() =>
        Gen.String.Sample(text =>
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            var ids = new List<int>();
            Trained.Encode(utf8, special: false, ids);
            Assert.DoesNotContain(ids, Trained.IsSpecial);
            Assert.Equal(utf8, Trained.DecodeUtf8(ids));
            Assert.Equal(utf8, ids.SelectMany(id => Trained.TokenBytes(id).ToArray()).ToArray());
        });

    [Fact]
    public void Merging_by_the_queue_is_merging_by_the_book()
    {
        // The definition, slowly: the earliest-learned merge anywhere in the piece, leftmost first, until none is left.
        using var json = System.Text.Json.JsonDocument.Parse(Saved());
        var ranks = json
            .RootElement.GetProperty("model")
            .GetProperty("merges")
            .EnumerateArray()
            .Select((m, i) => (Pair: m.GetString()!, i))
            .ToDictionary(m => m.Pair, m => m.i);
        Gen.Char["ae thnrlod's承租人应支付租金0"]
            .Array[1, 40]
            .Sample(characters =>
            {
                var text = new string(characters);
                var utf8 = Encoding.UTF8.GetBytes(text);
                var pieces = new Pieces();
                pieces.Begin(utf8, Place.Beginning);
                new SplitPreTokenizer(Expression.Of(PreTokenizer.Modern), SplitBehavior.Isolated).Apply(pieces);
                var expected = pieces
                    .Ranges.SelectMany(p => ByTheBook(pieces.Bytes(p).ToArray().Select(b => ByteAlphabet.Write([b])).ToList()))
                    .ToArray();
                Assert.Equal(expected, Ids(text).Select(id => ByteAlphabet.Write(Trained.TokenBytes(id))).ToArray());
            });

        List<string> ByTheBook(List<string> tokens)
        {
            while (true)
            {
                var best = Enumerable
                    .Range(0, tokens.Count - 1)
                    .Where(i => ranks.ContainsKey($"{tokens[i]} {tokens[i + 1]}"))
                    .OrderBy(i => ranks[$"{tokens[i]} {tokens[i + 1]}"])
                    .Cast<int?>()
                    .FirstOrDefault();
                if (best is not { } at)
                    return tokens;
                tokens[at] += tokens[at + 1];
                tokens.RemoveAt(at + 1);
            }
        }
    }

    [Fact]
    public void A_saved_tokenizer_is_the_same_tokenizer()
    {
        using var folder = new TempFolder();
        Trained.Save(folder.Path);
        var again = Tokenizer.Load(folder.Path);
        Assert.Equal(Trained.Fingerprint, again.Fingerprint);
        Assert.Equal(Trained.Encode("The landlord 支付 <|im_end|>"), again.Encode("The landlord 支付 <|im_end|>"));
        Assert.Equal(Trained.EndOfText, again.EndOfText);
    }

    [Fact]
    public void Special_tokens_are_recognised_in_control_text_only()
    {
        var end = Trained.TokenId("<|endoftext|>");
        Assert.Equal([.. Ids("a"), end, .. Ids("b")], Trained.Encode("a<|endoftext|>b"));
        Assert.DoesNotContain(end, Ids("a<|endoftext|>b"));
        Assert.True(Trained.Has("<|extra|>"));
        Assert.Equal("ab", Trained.Decode(Trained.Encode("a<|im_end|>b")));
        Assert.Equal("a<|im_end|>b", Trained.Decode(Trained.Encode("a<|im_end|>b"), special: true));
    }

    [Fact]
    public void A_prompt_becomes_tokens_with_the_answer_marked()
    {
        using var buffer = new PromptBuffer();
        buffer.Begin(SegmentKind.Control);
        buffer.Append("<|im_start|>"u8);
        buffer.Begin(SegmentKind.Prompt);
        buffer.Append("the rent <|im_end|>"u8);
        buffer.Begin(SegmentKind.Answer);
        buffer.Append(" tenant"u8);
        buffer.AppendEndOfText(answer: true);
        var tokens = Trained.Encode(buffer);
        Assert.Equal([Trained.TokenId("<|im_start|>"), .. Ids("the rent <|im_end|>"), .. Ids(" tenant"), Trained.EndOfText], tokens.Ids);
        Assert.Equal(tokens.Ids.Length, tokens.CompletionMask.Length);
        Assert.Equal(2, tokens.CompletionLength);
        Assert.True(tokens.CompletionMask[^1] && tokens.CompletionMask[^2]);
    }

    [Fact]
    public void What_cannot_be_a_tokenizer_says_why()
    {
        Assert.Contains("too small", Assert.Throws<ModelException>(() => new Bpe().Create([], 200, [])).Message, StringComparison.Ordinal);
        using var folder = new TempFolder();
        Assert.Contains(
            "no tokenizer.json",
            Assert.Throws<ModelException>(() => Tokenizer.Load(folder.Path)).Message,
            StringComparison.Ordinal
        );
        foreach (
            var (json, problem) in new[]
            {
                ("{", "is no JSON"),
                ("[]", "no JSON object"),
                ("{}", "it has no 'model'"),
                ("""{"model":{"type":"WordPiece"}}""", "'model' has no 'vocab'"),
                ("""{"model":{"type":"Guess","vocab":{"a":0}}}""", "'model' is of the type 'Guess', which is not supported; expected BPE,"),
                (
                    Saved().Replace("\"Split\"", "\"UnicodeScripts\"", StringComparison.Ordinal),
                    "'pre_tokenizer.pretokenizers[0]' is of the type 'UnicodeScripts'"
                ),
                (
                    Saved().Replace("\"Isolated\"", "\"Melted\"", StringComparison.Ordinal),
                    "'pre_tokenizer.pretokenizers[0].behavior' is 'Melted'; expected Removed, Isolated,"
                ),
                (
                    Saved().Replace("\"normalizer\": null", "\"normalizer\": {\"type\": \"ByteLevel\"}", StringComparison.Ordinal),
                    "'normalizer' is of the type 'ByteLevel'"
                ),
                (Saved().Replace("\"dropout\": null", "\"dropout\": 0.1", StringComparison.Ordinal), "'model.dropout'"),
                (
                    Saved().Replace("\"id\": 1,", "\"id\": 300,", StringComparison.Ordinal),
                    "gives '<|im_start|>' the id 300, which is that of"
                ),
                (Saved().Replace("\"id\": 1,", "\"id\": -1,", StringComparison.Ordinal), "is no token id"),
                (Saved().Replace("\"merges\": [", "\"merges\": [\"zz yy\", ", StringComparison.Ordinal), "zz yy"),
            }
        )
        {
            File.WriteAllText(folder.File("tokenizer.json"), json);
            Assert.Contains(problem, Assert.Throws<ModelException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
            Assert.Contains(
                "tokenizer.json",
                Assert.Throws<ModelException>(() => Tokenizer.Load(folder.Path)).Message,
                StringComparison.Ordinal
            );
        }
    }

    private static int[] Ids(string text)
    {
        var ids = new List<int>();
        Trained.Encode(Encoding.UTF8.GetBytes(text), special: false, ids);
        return [.. ids];
    }

    private static string Saved()
    {
        using var folder = new TempFolder();
        Trained.Save(folder.Path);
        return File.ReadAllText(folder.File("tokenizer.json"));
    }
}
