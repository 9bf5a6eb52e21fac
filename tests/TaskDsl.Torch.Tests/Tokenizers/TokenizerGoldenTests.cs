using System.Text;
using System.Text.Json;
using TaskDsl.HuggingFace.Tokenizers;
using Xunit;

namespace TaskDsl.Torch.Tests.Tokenizers;

/// <summary>Against what Hugging Face's Rust tokenizers (0.23.2) and SentencePiece (0.2.0) make of the same files and texts.</summary>
public sealed class TokenizerGoldenTests
{
    public static TheoryData<string> Families { get; } =
    ["bert_cased", "bert_uncased", "gpt2", "llama2", "llama3", "qwen2", "roberta", "t5"];

    public static TheoryData<string> SentencePieces { get; } = ["sp_gemma", "sp_llama2", "sp_t5", "sp_unigram_bytes"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Tokens_and_text_are_the_references(string name)
    {
        var (tokenizer, golden) = Open(name);
        Compare(tokenizer, golden);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Pairs_and_their_types_are_the_references(string name)
    {
        var (tokenizer, golden) = Open(name);
        var compared = 0;
        foreach (var pair in golden.GetProperty("pairs").EnumerateArray())
        {
            var text = tokenizer.EncodeText(pair.GetProperty("a").GetString()!, pair.GetProperty("b").GetString());
            Assert.Equal(Numbers(pair, "ids"), text.Ids);
            Assert.Equal(Numbers(pair, "type_ids"), text.TypeIds);
            Assert.Equal(Numbers(pair, "special_tokens_mask"), text.Special.Select(s => s ? 1 : 0));
            compared++;
        }

        Assert.True(compared > 2, $"{compared} pairs");
        foreach (var cut in golden.GetProperty("truncate8_pad12").EnumerateArray())
        {
            var real = Numbers(cut, "attention_mask").Sum();
            Assert.Equal(Numbers(cut, "ids")[..real], tokenizer.EncodeText(cut.GetProperty("text").GetString()!, maximum: 8).Ids);
        }
    }

    [Theory]
    [InlineData("bert_cased", "vocab.txt", """{"do_lower_case": false}""")]
    [InlineData("bert_uncased", "vocab.txt", "{}")]
    [InlineData("gpt2", "vocab.json merges.txt", """{"tokenizer_class": "GPT2Tokenizer"}""")]
    [InlineData("roberta", "vocab.json merges.txt", """{"tokenizer_class": "RobertaTokenizer"}""")]
    public void Older_files_are_the_same_tokenizer(string name, string files, string config)
    {
        var (_, golden) = Open(name);
        using var folder = new TempFolder();
        foreach (var file in files.Split(' '))
            File.Copy(Path.Combine(Folder(name), file), folder.File(file));
        File.WriteAllText(folder.File("tokenizer_config.json"), config);
        var tokenizer = Tokenizer.Load(folder.Path);
        Compare(tokenizer, golden);
        using var again = new TempFolder();
        tokenizer.Save(again.Path);
        Assert.Equal(tokenizer.Fingerprint, Tokenizer.Load(again.Path).Fingerprint);
    }

    [Theory]
    [MemberData(nameof(SentencePieces))]
    public void Sentence_pieces_are_the_references(string name)
    {
        var (tokenizer, golden) = Open(name);
        var compared = 0;
        foreach (var @case in golden.GetProperty("cases").EnumerateArray())
        {
            var text = @case.GetProperty("text").GetString()!;
            var ids = new List<int>();
            tokenizer.Encode(Encoding.UTF8.GetBytes(text), special: false, ids);
            Same(text, Numbers(@case, "ids"), ids);
            Assert.Equal(@case.GetProperty("decoded").GetString(), tokenizer.Decode(ids));
            compared++;
        }

        Assert.True(compared > 50, $"only {compared} texts were compared");
        using var again = new TempFolder();
        tokenizer.Save(again.Path);
        Assert.Equal(tokenizer.Fingerprint, Tokenizer.Load(again.Path).Fingerprint);
    }

    private static void Compare(Tokenizer tokenizer, JsonElement golden)
    {
        var compared = 0;
        foreach (var @case in golden.GetProperty("cases").EnumerateArray())
        {
            var text = @case.GetProperty("text").GetString()!;
            var expected = Numbers(@case, "ids");
            Same(text, expected, tokenizer.EncodeText(text).Ids);
            Assert.Equal(Numbers(@case, "ids_no_special"), expected[tokenizer.Prefix.Count..^tokenizer.Suffix.Count]);
            // The reference shows the text itself where the token is the unknown one.
            foreach (
                var (token, id) in @case
                    .GetProperty("tokens")
                    .EnumerateArray()
                    .Select(t => t.GetString())
                    .Zip(Numbers(@case, "ids_no_special"))
            )
                if (id != tokenizer.Unknown)
                    Assert.Equal(token, tokenizer.TokenText(id));
            Assert.Equal(@case.GetProperty("decoded").GetString(), tokenizer.Decode(expected, special: true));
            Assert.Equal(@case.GetProperty("decoded_skip_special").GetString(), tokenizer.Decode(expected));
            compared++;
        }

        Assert.True(compared > 50, $"only {compared} texts were compared");
    }

    private static void Same(string text, IEnumerable<int> expected, IEnumerable<int> got) =>
        Assert.True(
            expected.SequenceEqual(got),
            $"{JsonSerializer.Serialize(text)}\nexpected {string.Join(' ', expected)}\ngot      {string.Join(' ', got)}"
        );

    private static (Tokenizer Tokenizer, JsonElement Golden) Open(string name)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(name), "golden.json")));
        return (Tokenizer.Load(Folder(name)), golden.RootElement.Clone());
    }

    private static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "tokenizer_" + name);

    private static int[] Numbers(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(i => i.GetInt32())];
}
