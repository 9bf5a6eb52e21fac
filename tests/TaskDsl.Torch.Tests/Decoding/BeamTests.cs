using System.Text;
using System.Text.Json;
using TaskDsl.Grammars;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Tests.Models;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Decoding;

public sealed class BeamTests : TorchTest
{
    [Theory]
    [InlineData("bart", "beam3")]
    [InlineData("bart", "beam4")]
    [InlineData("gpt2", "beam3")]
    [InlineData("gpt2", "beam4")]
    [InlineData("llama", "beam3")]
    [InlineData("llama", "beam4")]
    [InlineData("t5", "beam3")]
    [InlineData("t5", "beam4")]
    public void Its_tokens_and_scores_are_transformers(string name, string settings)
    {
        using var golden = new GoldenModel(name);
        var reference = golden.Json.GetProperty("generation").GetProperty(settings);
        var (prompts, end) = (reference.GetProperty("prompt").GetString()!, reference.GetProperty("eos_token_id").GetInt32());
        var method = new Beam
        {
            Width = reference.GetProperty("num_beams").GetInt32(),
            LengthPenalty = reference.GetProperty("length_penalty").GetDouble(),
        };
        var before = golden.Kind == "seq2seq" ? 1 : (int)golden[$"{prompts}/input_ids"].size(1);
        var expected = reference
            .GetProperty("sequences")
            .Deserialize<int[][]>()!
            .Select(row => row.Skip(before).TakeWhile(token => token != end));
        var answers = new GoldenDecoding(golden)
            .Answers(method, prompts, end, reference.GetProperty("max_new_tokens").GetInt32())
            .SelectMany(row => row.Take(reference.GetProperty("num_return_sequences").GetInt32()))
            .ToArray();
        Assert.Equal(expected, answers.Select(answer => answer.Completion.Tokens));
        foreach (var (score, answer) in reference.GetProperty("sequences_scores").Deserialize<double[]>()!.Zip(answers))
            Assert.Equal(score, answer.Score, 5e-5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_beam_is_greedy_by_a_grammar_and_without(bool constrained)
    {
        using var model = SmallWriter.Decoder();
        var asked = new Asked(model, Grammar.Sequence(Grammar.Literal("{\"a\":"), Grammar.JsonString, Grammar.Literal("}")));
        var plan = new GenerationPlan { MaxNewTokens = 24, Constrained = constrained };
        foreach (var (greedy, beam) in asked.Predict(plan).Zip(asked.Predict(plan with { Decoding = new Beam { Width = 1 } })))
        {
            Assert.Equal(greedy.Text, beam.Text);
            Assert.Equal(greedy.Confidence!.Value, beam.Confidence!.Value, 1e-4);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whatever_the_beams_an_answer_matches_its_grammar(bool decoder)
    {
        using var model = decoder ? SmallWriter.Decoder() : SmallWriter.EncoderDecoder();
        var grammar = Grammar.Sequence(Grammar.Literal("{\"a\":"), Grammar.JsonString, Grammar.Literal("}"));
        var matcher = new GrammarMatcher(grammar);
        var asked = new Asked(model, grammar);
        var plan = new GenerationPlan
        {
            MaxNewTokens = 16,
            Decoding = new Beam { Width = 4 },
        };
        var (together, alone) = (asked.Predict(plan, 12), asked.Predict(plan with { Rows = 1 }, 12));
        Assert.All(together, p => Assert.True(p.Closed && matcher.IsMatch(Encoding.UTF8.GetBytes(p.Text)), p.Text));
        Assert.Equal(alone.Select(p => p.Text), together.Select(p => p.Text));
    }

    [Fact]
    public void Many_beams_find_an_answer_no_less_probable_than_any_that_can_be_scored()
    {
        using var model = SmallWriter.Decoder();
        string[] labels = ["payment", "payments", "pay", "termination", "rent", "付款"];
        var asked = new Asked(model, Grammar.Choice([.. labels.Select(Grammar.Literal)]));
        var beam = new GenerationPlan
        {
            Decoding = new Beam { Width = 200, LengthPenalty = 0 },
        };
        var (wide, narrow) = (asked.Predict(beam, 12), asked.Predict(new GenerationPlan(), 12));
        foreach (var (input, answer) in SmallWriter.Inputs.Zip(wide))
        {
            // What the answer's own tokens are worth is at least what its usual tokens are.
            var best = labels.MaxBy(label => asked.LogProbability(input, label).Sum)!;
            if (answer.Text != best)
                Assert.True(answer.AnswerTokens != asked.LogProbability(input, answer.Text).Tokens, $"{answer.Text}, not {best}");
        }

        Assert.NotEqual(narrow.Select(p => p.Text), wide.Select(p => p.Text));
    }

    [Fact]
    public void Beams_leave_no_tensors_behind()
    {
        using var model = SmallWriter.EncoderDecoder();
        var asked = new Asked(model, Grammar.Text);
        var plan = new GenerationPlan
        {
            MaxNewTokens = 8,
            Decoding = new Beam { Width = 3 },
        };
        asked.Predict(plan, 4);
        var before = SettledTensors();
        for (var i = 0; i < 5; i++)
            asked.Predict(plan, 4);
        Assert.InRange(Tensor.TotalCount - before, long.MinValue, 20);
    }
}
