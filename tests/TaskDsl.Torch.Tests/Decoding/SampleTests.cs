using System.Text.Json;
using TaskDsl.Grammars;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Decoding.Generation;
using Xunit;

namespace TaskDsl.Torch.Tests.Decoding;

public sealed class SampleTests : TorchTest
{
    private static readonly Lazy<JsonElement> Reference = new(() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "logits_processors.json"))).RootElement
    );

    [Theory]
    [InlineData("temperature")]
    [InlineData("top_k")]
    [InlineData("top_p")]
    public void What_is_drawn_from_and_how_often_is_transformers(string name)
    {
        var @case = Reference.Value.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);
        var arguments = @case.GetProperty("args");
        var sample = name switch
        {
            "temperature" => new Sample { Temperature = arguments.GetProperty(name).GetDouble() },
            "top_k" => new Sample { TopK = arguments.GetProperty(name).GetInt32() },
            _ => new Sample { TopP = arguments.GetProperty(name).GetDouble() },
        };
        var rows = Reference.Value.GetProperty("scores").Deserialize<float[][]>()!.Zip(@case.GetProperty("out").EnumerateArray());
        foreach (var (scores, expected) in rows)
        {
            double[] left =
            [
                .. expected.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Number ? v.GetDouble() : double.NegativeInfinity),
            ];
            Assert.Equal(name == "temperature", !left.Contains(double.NegativeInfinity));
            AssertShares([.. left.Select(Math.Exp)], sample.Shares(scores));
        }
    }

    [Fact]
    public void Temperature_comes_first_then_the_most_probable_then_their_nucleus()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            float[] scores = [.. Enumerable.Range(0, 40).Select(_ => (float)(random.NextDouble() * 8 - 4))];
            var sample = new Sample
            {
                Temperature = 0.3 + random.NextDouble() * 2,
                TopK = random.Next(1, 50),
                TopP = random.NextDouble(),
            };
            // In so many words: sort all, cut, add up, cut.
            var sorted = scores
                .Index()
                .Select(s => (s.Index, Share: Math.Exp(s.Item / sample.Temperature)))
                .OrderByDescending(s => s.Share)
                .Take(sample.TopK.Value)
                .ToList();
            var (all, sum) = (sorted.Sum(s => s.Share), 0.0);
            var expected = new double[scores.Length];
            foreach (var (index, share) in sorted)
            {
                if (sum >= sample.TopP * all && sum > 0)
                    break;
                expected[index] = share;
                sum += share;
            }

            AssertShares(expected, sample.Shares(scores));
        }
    }

    [Fact]
    public void Answers_come_as_often_as_they_are_probable()
    {
        using var model = SmallWriter.Decoder();
        string[] labels = ["a", "b", "c", "d", "e", "f"];
        var asked = new Asked(model, Grammar.Choice([.. labels.Select(Grammar.Literal)]));
        var method = new Sample { Temperature = 2 };
        // A single letter is one token, behind which nothing but the end may come: its confidence is that token's probability.
        var drawn = new Predictor(model, new GenerationPlan { Decoding = method })
            .Predict([
                .. Enumerable.Range(0, 2000).Select(i => new PredictionRequest(asked.Prompt, SmallWriter.Inputs[5], "en") { Sample = i }),
            ])
            .GroupBy(p => p.Text)
            .ToDictionary(g => g.Key, g => (Count: g.Count(), Confidence: g.First().Confidence!.Value));
        Assert.Equal(labels, drawn.Keys.Order());
        Assert.Equal(1, drawn.Values.Sum(c => c.Confidence), 1e-3);
        var all = drawn.Values.Sum(d => Math.Sqrt(d.Confidence)); // At temperature 2, chances are square roots in proportion.
        var square = drawn
            .Values.Select(d => (d.Count, Expected: 2000 * Math.Sqrt(d.Confidence) / all))
            .Sum(d => Math.Pow(d.Count - d.Expected, 2) / d.Expected);
        Assert.InRange(square, 0.2, 20.5); // χ² of 5 degrees of freedom: 99.9 % lie below 20.5, and 99.9 % above 0.2.
    }

    [Fact]
    public void Each_place_of_an_answer_has_a_draw_of_its_own()
    {
        double[][] draws = [.. Enumerable.Range(0, 2000).Select(sample => (double[])[.. Enumerable.Range(0, 3).Select(Of(sample).Draw)])];
        Assert.Equal(6000, draws.SelectMany(d => d).Distinct().Count());
        Assert.Equal(draws[7], Enumerable.Range(0, 3).Select(Of(7).Draw));
        Assert.Equal(0.5, draws.Average(d => d[2]), 0.03);
        Assert.Equal(0.25, draws.Average(d => d[0] * d[1]), 0.03); // Of one and the same draw, a third.

        static DecodingRequest Of(int sample) =>
            new(new ContinuationBuffer(), () => [], seed: 1)
            {
                TaskName = "drawn",
                Prompt = [5, 6],
                Nothing = [1],
                End = 1,
                EndOfText = 1,
                Limit = 4,
                Sample = sample,
            };
    }

    [Fact]
    public void A_sample_is_the_same_alone_and_among_others_and_another_by_seed_and_number()
    {
        using var model = SmallWriter.Decoder();
        var asked = new Asked(model, Grammar.Text);
        var plan = new GenerationPlan
        {
            MaxNewTokens = 12,
            Decoding = new Sample { TopK = 20 },
        };
        var texts = asked.Predict(plan).Select(p => p.Text).ToArray();
        Assert.Equal(texts, asked.Predict(plan with { Rows = 1 }).Select(p => p.Text));
        Assert.Equal(texts, asked.Predict(plan with { Rows = 5 }).Select(p => p.Text));
        Assert.Equal(texts[..9], asked.Predict(plan, count: 9).Select(p => p.Text));
        Assert.True(texts.Zip(asked.Predict(plan, seed: 2)).Count(p => p.First != p.Second.Text) > 30);
        Assert.True(texts.Zip(asked.Predict(plan, sample: 1)).Count(p => p.First != p.Second.Text) > 30);
    }

    [Fact]
    public void The_most_probable_alone_is_greedy()
    {
        using var model = SmallWriter.Decoder();
        var asked = new Asked(model, Grammar.Text);
        var plan = new GenerationPlan { MaxNewTokens = 12 };
        var greedy = asked.Predict(plan).Select(p => p.Text).ToArray();
        foreach (
            var sample in new[]
            {
                new Sample { TopK = 1 },
                new Sample { TopP = 0 },
                new Sample { Temperature = 1e-3 },
            }
        )
            Assert.Equal(greedy, asked.Predict(plan with { Decoding = sample }).Select(p => p.Text));
    }

    private static void AssertShares(double[] expected, double[] actual)
    {
        var (all, sum) = (expected.Sum(), actual.Sum());
        foreach (var (e, a) in expected.Zip(actual))
        {
            Assert.Equal(e == 0, a == 0);
            Assert.Equal(e / all, a / sum, 1e-6);
        }
    }
}
