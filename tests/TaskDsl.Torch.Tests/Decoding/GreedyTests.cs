using System.Text.Json;
using TaskDsl.Grammars;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Tests.Models;
using Xunit;

namespace TaskDsl.Torch.Tests.Decoding;

public sealed class GreedyTests : TorchTest
{
    [Theory]
    [InlineData("bart", "gen", 1)]
    [InlineData("t5", "gen", 1)]
    [InlineData("gpt2", "gen_left", 0)]
    [InlineData("llama", "gen_left", 0)]
    public void Its_tokens_are_transformers_and_it_stops_where_they_end(string name, string prompts, int started)
    {
        using var golden = new GoldenModel(name);
        var reference = golden.Json.GetProperty("generation").GetProperty("eos");
        var end = reference.GetProperty("eos_token_id").GetInt32();
        var expected = reference
            .GetProperty(started == 1 ? "output_ids" : "new_tokens")
            .Deserialize<int[][]>()!
            .Select(row => row.Skip(started).TakeWhile(token => token != end));
        var answers = new GoldenDecoding(golden).Answers(new Greedy(), prompts, end, limit: 16);
        Assert.Equal(expected, answers.Select(row => row[0].Completion.Tokens));
        Assert.Equal(new[] { true, false }, answers.Select(row => row[0].Completion.IsClosed));
    }

    [Fact]
    public void It_is_what_is_done_where_nothing_is_said()
    {
        using var model = SmallWriter.Decoder();
        var asked = new Asked(model, Grammar.Text);
        Assert.Equal(
            asked.Predict(new GenerationPlan { MaxNewTokens = 24 }),
            asked.Predict(new GenerationPlan { MaxNewTokens = 24, Decoding = new Greedy() })
        );
    }
}
