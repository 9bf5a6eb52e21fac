using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.ML.Tokenizers;
using Xunit;
using Tokenizer = TaskDsl.HuggingFace.Tokenizers.Tokenizer;

namespace TaskDsl.Torch.Tests.Tokenizers;

/// <summary>Against another implementation, Microsoft.ML.Tokenizers, over the same file and random texts.</summary>
public sealed class TokenizerDifferentialTests
{
    [Fact]
    public void Random_texts_have_the_same_tokens()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Golden", "tokenizer_llama3");
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json")));
        var model = json.RootElement.GetProperty("model");
        var pattern = json
            .RootElement.GetProperty("pre_tokenizer")
            .GetProperty("pretokenizers")[0]
            .GetProperty("pattern")
            .GetProperty("Regex")
            .GetString()!;
        var oracle = BpeTokenizer.Create(
            new BpeOptions(model.GetProperty("vocab").EnumerateObject().Select(t => KeyValuePair.Create(t.Name, t.Value.GetInt32())))
            {
                Merges = model.GetProperty("merges").EnumerateArray().Select(m => m.GetString()!),
                ByteLevel = true,
                PreTokenizer = new RegexPreTokenizer(new Regex(pattern), null),
            }
        );
        var tokenizer = Tokenizer.Load(folder);
        var words = Gen.OneOf([.. "the, and,ing,er, of,\n,\r\n, ,  ,',s,'re,1234,é,承租人,，,😀,x,Q,\t,!?".Split(',').Select(Gen.Const)]);
        var texts = Gen.OneOf(
            words.Array[0, 30].Select(string.Concat),
            Gen.String.Select(s => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s)))
        );
        texts.Sample(text =>
        {
            var ids = new List<int>();
            tokenizer.Encode(Encoding.UTF8.GetBytes(text), special: false, ids);
            Assert.Equal(oracle.EncodeToIds(text), ids);
        });
    }
}
