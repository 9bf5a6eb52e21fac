using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.NewTokenizers;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;
using Xunit;

namespace TaskDsl.Torch.Tests.Tokenizers;

/// <summary>What holds for whole families of tokenizers, without a reference.</summary>
public sealed class TokenizerFamilyTests
{
    private static readonly string[] Hard =
    [
        "",
        " ",
        "   \n\t ",
        "👩‍👩‍👧‍👦 family 👍🏽",
        "承租人应于每月第一日支付租金。",
        "e\u0301\u0323 ệ ё й",
        "\u0000\u0001\u007f\u0085\u200b\ufeff",
        new string('x', 20_000),
        new string('承', 5_000),
        "\ufffd \ue000 \U0010FFFF",
        "<unk> <s> [MASK] <pad>",
        "▁▁ ##ing Ġ",
        "مرحبا بالعالم",
        "각 각",
        "ﬁ ½ １２３ Å İ ß ſ",
    ];

    public static TheoryData<string> All { get; } =
    [
        "bert_cased",
        "bert_uncased",
        "gpt2",
        "llama2",
        "llama3",
        "qwen2",
        "roberta",
        "t5",
        "sp_gemma",
        "sp_llama2",
        "sp_t5",
        "sp_unigram_bytes",
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void Any_text_has_tokens_that_are_in_the_vocabulary(string name)
    {
        var tokenizer = Load(name);
        var added = tokenizer.SpecialTokens.SelectMany(t => new[] { t, $"a {t} b", $"x{t}{t}y" });
        foreach (var text in Hard.Concat(added))
            Check(Encoding.UTF8.GetBytes(text));
        Gen.Byte.Array[0, 60].Sample(Check, iter: 300); // Mostly invalid UTF-8.

        void Check(byte[] utf8)
        {
            foreach (var special in (bool[])[false, true])
            {
                var ids = new List<int>();
                tokenizer.Encode(utf8, special, ids);
                Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
                if (!special)
                    Assert.DoesNotContain(ids, id => tokenizer.IsSpecial(id) && id != tokenizer.Unknown);
                Assert.NotNull(tokenizer.Decode(ids));
            }
        }
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama3")]
    [InlineData("roberta")]
    public void Bytes_come_back_unchanged(string name)
    {
        var tokenizer = Load(name);
        Gen.Byte.Array[0, 80]
            .Sample(utf8 =>
            {
                var ids = new List<int>();
                tokenizer.Encode(utf8, special: false, ids);
                Assert.Equal(utf8, tokenizer.DecodeUtf8(ids));
            });
    }

    [Theory]
    [InlineData("llama2")]
    [InlineData("sp_llama2")]
    [InlineData("sp_gemma")]
    [InlineData("sp_unigram_bytes")]
    public void Text_comes_back_unchanged(string name)
    {
        var tokenizer = Load(name);
        Gen.String.Select(s => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s)).Replace('▁', '_'))
            .Sample(text =>
            {
                var ids = new List<int>();
                tokenizer.Encode(Encoding.UTF8.GetBytes(text), special: false, ids);
                Assert.Equal(text, tokenizer.Decode(ids));
            });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_prompt_goes_on_where_its_segments_end(string name)
    {
        var tokenizer = Load(name);
        using var buffer = new PromptBuffer();
        buffer.Append("the tenant pays"u8);
        buffer.Begin(SegmentKind.Answer);
        buffer.Append("rent"u8);
        var tokens = tokenizer.Encode(buffer);
        var answer = tokens.Ids.Where((_, i) => tokens.CompletionMask[i]).ToArray();
        // What constrained decoding sees is what the answer says, without a space in front that nobody wrote.
        if (!name.StartsWith("bert", StringComparison.Ordinal))
            Assert.Equal("rent", Encoding.UTF8.GetString(tokenizer.DecodeUtf8(answer)));
        Assert.Equal(tokenizer.Prefix, tokens.Ids.Take(tokenizer.Prefix.Count));
    }

    [Theory]
    [InlineData("llama2", "<s>")]
    [InlineData("llama3", "<|begin_of_text|>")]
    public void No_text_begins_twice(string name, string begin)
    {
        var tokenizer = Load(name);
        using var buffer = new PromptBuffer();
        buffer.Begin(SegmentKind.Control);
        buffer.Append(begin);
        buffer.Begin(SegmentKind.Prompt);
        buffer.Append("Hello"u8);
        Assert.Single(tokenizer.Encode(buffer).Ids, tokenizer.TokenId(begin));
        Assert.Single(tokenizer.Encode(begin + "Hello"), tokenizer.TokenId(begin));
        Assert.Single(tokenizer.Encode("Hello"), tokenizer.TokenId(begin));
        Assert.Equal(tokenizer.TokenId(begin), tokenizer.BeginningOfText);
    }

    [Fact]
    public void Roles_are_known()
    {
        var bert = Load("bert_uncased");
        Assert.Equal(
            ["[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "[SEP]"],
            new[] { bert.Classifier, bert.Separator, bert.Mask, bert.Unknown, bert.Padding, bert.EndOfText }.Select(id =>
                bert.TokenText(id!.Value)
            )
        );
        Assert.Equal([bert.Classifier!.Value], bert.Prefix);
        Assert.Equal([bert.Separator!.Value], bert.Suffix);
        var t5 = Load("t5");
        Assert.Equal([t5.EndOfText], t5.Suffix);
        Assert.Null(t5.Mask);
        Assert.Empty(Load("gpt2").Suffix);
    }

    [Fact]
    public void Classes_bring_their_own_ids_and_tokens()
    {
        var t5 = WithClass("sp_t5", "T5Tokenizer");
        Assert.Equal(500, t5.VocabularySize);
        Assert.Equal(499, t5.TokenId("<extra_id_0>"));
        Assert.Equal([t5.TokenId("<extra_id_0>"), t5.EndOfText], t5.Encode("<extra_id_0>"));
        var xlmRoberta = WithClass("sp_llama2", "XLMRobertaTokenizer");
        Assert.Equal(
            (513, 0, 1, 2, 3),
            (
                xlmRoberta.TokenId("<mask>"),
                xlmRoberta.TokenId("<s>"),
                xlmRoberta.TokenId("<pad>"),
                xlmRoberta.TokenId("</s>"),
                xlmRoberta.TokenId("<unk>")
            )
        );
        var (plain, pair) = (Load("sp_llama2"), xlmRoberta.EncodeText("the", "sun"));
        var (the, sun) = (Plain("the"), Plain("sun"));
        Assert.Equal([0, .. the, 2, 2, .. sun, 2], pair.Ids);
        Assert.All(pair.TypeIds, type => Assert.Equal(0, type));
        var llama = WithClass("sp_llama2", "LlamaTokenizer");
        Assert.Equal([1], llama.Prefix);
        Assert.Contains(
            "'PegasusTokenizer', which is not supported",
            Assert.Throws<ModelException>(() => WithClass("sp_t5", "PegasusTokenizer")).Message,
            StringComparison.Ordinal
        );

        int[] Plain(string text)
        {
            var ids = new List<int>();
            plain.Encode(Encoding.UTF8.GetBytes(text), special: false, ids);
            return [.. ids.Select(id => id + 1)];
        }
    }

    [Fact]
    public void Broken_files_say_what_is_wrong()
    {
        using var folder = new TempFolder();
        var model = File.ReadAllBytes(Path.Combine(FolderOf("sp_t5"), "spiece.model"));
        for (var length = 0; length < model.Length; length += 1 + length / 3)
            Cut(length);
        Fails("spiece.model", "not a model"u8.ToArray(), "spiece.model");
        File.Delete(folder.File("spiece.model"));
        Fails("vocab.txt", "[PAD]\n[UNK]\na\na\n"u8.ToArray(), "vocab.txt(4): the token 'a' is there twice");
        Fails("vocab.txt", "[PAD]\n[UNK]\na\n"u8.ToArray(), "there is no token '[CLS]', the cls_token");
        File.Delete(folder.File("vocab.txt"));
        File.WriteAllText(folder.File("merges.txt"), "#version: 0.2\na b\n");
        Fails("vocab.json", "{\"a\": 0}"u8.ToArray(), "names a token that is not there");
        Fails("vocab.json", "[1]"u8.ToArray(), "vocab.json holds no JSON object");

        // A file that ends between two fields is a smaller model.
        void Cut(int length)
        {
            File.WriteAllBytes(folder.File("spiece.model"), model[..length]);
            try
            {
                Tokenizer.Load(folder.Path).Encode("Hello");
            }
            catch (ModelException e)
            {
                Assert.Contains("spiece.model", e.Message, StringComparison.Ordinal);
            }
        }

        void Fails(string file, byte[] content, string problem)
        {
            File.WriteAllBytes(folder.File(file), content);
            Assert.Contains(problem, Assert.Throws<ModelException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("t5")]
    [InlineData("bert_uncased")]
    [InlineData("llama2")]
    public void A_file_with_one_part_changed_loads_or_says_why(string name)
    {
        using var folder = new TempFolder();
        var text = File.ReadAllText(Path.Combine(FolderOf(name), "tokenizer.json"));
        var paths = Paths(JsonNode.Parse(text)!).ToArray();
        Gen.Select(
                Gen.Int[0, paths.Length - 1],
                Gen.OneOf([.. ((string[])["null", "1", "-1", "\"x\"", "[]", "{}", "true"]).Select(Gen.Const)])
            )
            .Sample(
                (which, value) =>
                {
                    var path = paths[which];
                    var json = JsonNode.Parse(text)!;
                    var at = json;
                    foreach (var step in path[..^1])
                        at = step is int i ? at[i]! : at[(string)step]!;
                    if (path[^1] is int index)
                        at[index] = JsonNode.Parse(value);
                    else
                        at[(string)path[^1]] = JsonNode.Parse(value);
                    using var mine = new TempFolder();
                    File.WriteAllText(mine.File("tokenizer.json"), json.ToJsonString());
                    try
                    {
                        Tokenizer.Load(mine.Path).Encode("Hello <s> world");
                    }
                    catch (ModelException e)
                    {
                        Assert.Contains("tokenizer.json", e.Message, StringComparison.Ordinal);
                    }
                },
                iter: 200
            );
    }

    [Fact]
    public void Word_pieces_are_learned()
    {
        byte[] corpus = Encoding.UTF8.GetBytes(
            string.Concat(Enumerable.Repeat("The tenant pays the rent; the Landlord's café is 20 years old. 承租人 renting rented ", 30))
        );
        var learned = new WordPiece().Create([corpus], 150, ["<|extra|>"]);
        Assert.Equal(learned.Fingerprint, new WordPiece().Create([corpus], 150, ["<|extra|>"]).Fingerprint);
        Assert.InRange(learned.VocabularySize, 60, 150);
        Assert.True(learned.Has("rent") && learned.Has("##e") && learned.Has("承") && learned.Has("<|extra|>") && !learned.Has("T"));
        Assert.Equal("[CLS] the cafe ' s rent. [SEP]", learned.Decode(learned.Encode("The CAFÉ's rent."), special: true));
        Assert.Equal([0, 0, 0, 1, 1], learned.EncodeText("rent", "tenant").TypeIds);
        Assert.Contains(learned.Unknown!.Value, learned.Encode("Ω"));
        using var folder = new TempFolder();
        learned.Save(folder.Path);
        Assert.Equal(learned.Encode("renting tenants"), Tokenizer.Load(folder.Path).Encode("renting tenants"));
        Assert.True(
            new WordPiece { Lowercase = false }
                .Create([corpus], 150, [])
                .Has("T")
        );
        Assert.Contains(
            "too small",
            Assert.Throws<ModelException>(() => new WordPiece().Create([corpus], 4, [])).Message,
            StringComparison.Ordinal
        );
    }

    private static IEnumerable<object[]> Paths(JsonNode node)
    {
        var children = node switch
        {
            JsonObject o => o.Take(20).Select(c => ((object)c.Key, c.Value)),
            JsonArray a => a.Take(5).Select((c, i) => ((object)i, c)),
            _ => [],
        };
        foreach (var (step, child) in children)
        {
            yield return [step];
            if (child is not null)
                foreach (var path in Paths(child))
                    yield return [step, .. path];
        }
    }

    private static Tokenizer WithClass(string name, string @class)
    {
        using var folder = new TempFolder();
        File.Copy(Path.Combine(FolderOf(name), "spiece.model"), folder.File("spiece.model"));
        File.WriteAllText(folder.File("tokenizer_config.json"), $$"""{"tokenizer_class": "{{@class}}"}""");
        return Tokenizer.Load(folder.Path);
    }

    private static Tokenizer Load(string name) => Tokenizer.Load(FolderOf(name));

    private static string FolderOf(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "tokenizer_" + name);
}
