using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Tests.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

/// <summary>Objectives of encoders against the reference's losses, and against straightforward computations.</summary>
public sealed class EncoderObjectiveTests : TorchTest
{
    [Theory]
    [InlineData("roberta_seqcls", null)]
    [InlineData("roberta_seqcls", "multi_label_classification")]
    [InlineData("roberta_seqcls", "regression")]
    public void Classification_is_the_references(string name, string? problem)
    {
        using var golden = new GoldenModel(name);
        using var folder = new TempFolder();
        golden.Model.Save(folder.Path);
        golden.Model.Config.With(KeyValuePair.Create("problem_type", (System.Text.Json.Nodes.JsonNode?)problem)).Save(folder.Path);
        using var model = LanguageModel.Load(folder.Path);
        var expected = golden.Json.GetProperty("cases").GetProperty("right");
        if (problem is not null)
            expected = expected.GetProperty("other_problem_types").GetProperty(problem);
        var labels = golden[problem is null ? "right/labels" : $"right/labels_{problem}"];
        var loss = new Classification().Loss(
            model,
            Batch(golden, row =>
                (labels.dim() == 1 ? labels[row].unsqueeze(0) : labels[row]).to(ScalarType.Float32).data<float>().ToArray()
            )
        );
        Assert.Equal(expected.GetProperty("loss").GetDouble(), loss.Sum.ToDouble() / loss.Count, 5e-5);
        Gradients.Backward(loss.Sum / loss.Count);
        var norm = Math.Sqrt(model.Parameters.Values.Where(p => p.grad is not null).Sum(p => Math.Pow(p.grad!.norm().ToDouble(), 2)));
        Assert.Equal(expected.GetProperty("total_grad_norm").GetDouble(), norm, 1e-3 * norm);
    }

    [Theory, InlineData("xlm_roberta_tokcls")]
    public void Token_classification_is_the_references(string name)
    {
        using var golden = new GoldenModel(name);
        var batch = Batch(golden, tags: row => [.. golden["right/labels"][row].data<long>().ToArray().Select(l => (int)l)]);
        var loss = new TokenClassification().Loss(golden.Model, batch);
        Assert.Equal(
            golden.Json.GetProperty("cases").GetProperty("right").GetProperty("loss").GetDouble(),
            loss.Sum.ToDouble() / loss.Count,
            5e-5
        );
    }

    [Fact]
    public void Masked_tokens_are_found_as_plain_operations_find_them()
    {
        using var golden = new GoldenModel("bert_mlm");
        var encoder = (Encoder)golden.Model;
        var rows = Enumerable
            .Range(0, 40)
            .Select(r => new[] { new TokenSequence([2, .. Enumerable.Range(10, 60), 3], new bool[62], default) })
            .ToArray();
        var objective = new MaskedLm
        {
            Mask = 4,
            Special = new HashSet<int> { 2, 3 },
        };
        manual_seed(5);
        var loss = objective.Loss(encoder, new TokenBatch(rows, 0));
        Assert.InRange(loss.Count / (40.0 * 60), 0.13, 0.17);

        manual_seed(5);
        var draws = rand(40 * 62, 3);
        var ids = tensor(rows.SelectMany(r => r[0].Ids).Select(i => (long)i).ToArray());
        var drawn = (draws.select(1, 0) < 0.15).logical_and(ids > 3);
        var replaced = where(drawn.logical_and(draws.select(1, 1) < 0.8), 4L, ids);
        replaced = where(
            drawn.logical_and(draws.select(1, 1) >= 0.8).logical_and(draws.select(1, 1) < 0.9),
            (draws.select(1, 2) * 256).to(ScalarType.Int64),
            replaced
        );
        Assert.InRange((replaced == 4).sum().ToDouble() / loss.Count, 0.74, 0.86);
        var logits = encoder.Logits(encoder.Hidden(replaced.view(40, 62))).view(-1, 256);
        var expected = nn.functional.cross_entropy(logits, where(drawn, ids, -100L), ignore_index: -100, reduction: nn.Reduction.Sum);
        Assert.Equal(expected.ToDouble(), loss.Sum.ToDouble(), 1e-3);
    }

    /// <summary>A step that hides none would count nothing, and end the run.</summary>
    [Fact]
    public void Of_a_short_text_one_token_is_hidden_at_least()
    {
        using var golden = new GoldenModel("bert_mlm");
        var objective = new MaskedLm
        {
            Mask = 4,
            Special = new HashSet<int> { 2, 3 },
            Rate = 0.01,
        };
        for (var i = 0; i < 20; i++)
            Assert.InRange(Count(2, 10, 11, 12, 3), 1, 2);
        Assert.Equal(0, Count(2, 3));

        long Count(params int[] ids) =>
            objective
                .Loss(
                    golden.Model,
                    new TokenBatch(
                        [
                            [new TokenSequence(ids, new bool[ids.Length], default)],
                        ],
                        0
                    )
                )
                .Count;
    }

    [Theory]
    [InlineData("bert", Pooling.First, true)]
    [InlineData("bert", Pooling.Mean, false)]
    [InlineData("llama", Pooling.Last, false)]
    public void Contrast_is_its_formula(string name, Pooling pooling, bool symmetric)
    {
        using var golden = new GoldenModel(name);
        int[][] questions =

            [
                [5, 6, 7],
                [9, 10],
                [11, 12, 13, 14],
            ],
            answers =

            [
                [20, 21],
                [30, 31, 32],
                [40],
            ];
        var sequences = questions
            .Zip(answers)
            .Select(p => new TokenSequence(
                [.. p.First, .. p.Second],
                [.. p.First.Select(_ => false), .. p.Second.Select(_ => true)],
                default
            ))
            .ToArray();
        sequences[0] = sequences[0] with { Worse = [new TokenSequence([5, 6, 7, 50, 51], [false, false, false, true, true], default)] };
        var loss = new Contrastive
        {
            Pooling = pooling,
            Symmetric = symmetric,
            Temperature = 0.1,
        }.Loss(golden.Model, new TokenBatch([.. sequences.Select(s => new[] { s })], 0));

        var q = questions.Select(Vector).ToArray();
        var a = answers.Append([50, 51]).Select(Vector).ToArray();
        double expected = 0;
        for (var i = 0; i < 3; i++)
        {
            expected -= Math.Log(Math.Exp(Dot(q[i], a[i]) / 0.1) / a.Sum(x => Math.Exp(Dot(q[i], x) / 0.1)));
            if (symmetric)
                expected -= Math.Log(Math.Exp(Dot(q[i], a[i]) / 0.1) / q.Sum(x => Math.Exp(Dot(x, a[i]) / 0.1)));
        }

        Assert.Equal(expected / (symmetric ? 2 : 1), loss.Sum.ToDouble(), 1e-4);
        Assert.Equal(3, loss.Count);

        double[] Vector(int[] ids)
        {
            var input = tensor(ids.Select(i => (long)i).ToArray()).unsqueeze(0);
            var hidden = (golden.Model is Encoder encoder ? encoder.Hidden(input) : ((Decoder)golden.Model).Hidden(input))[0];
            var pooled = pooling switch
            {
                Pooling.First => hidden[0],
                Pooling.Last => hidden[ids.Length - 1],
                _ => hidden.mean([0L]),
            };
            var numbers = pooled.data<float>().ToArray().Select(f => (double)f).ToArray();
            var length = Math.Sqrt(numbers.Sum(n => n * n));
            return [.. numbers.Select(n => n / length)];
        }

        static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();
    }

    [Fact]
    public void An_objective_of_encoders_says_so_to_a_decoder()
    {
        using var golden = new GoldenModel("llama");
        var batch = new TokenBatch(
            [
                [new TokenSequence([1, 2], [false, true], default)],
            ],
            0
        );
        foreach (
            var objective in new Objective[]
            {
                new Classification(),
                new TokenClassification(),
                new MaskedLm { Mask = 1 },
            }
        )
            Assert.Contains(
                "llama",
                Assert.Throws<NotSupportedException>(() => objective.Loss(golden.Model, batch)).Message,
                StringComparison.Ordinal
            );
        using var encoder = new GoldenModel("bert_seqcls");
        Assert.Contains(
            "writes no text",
            Assert.Throws<NotSupportedException>(() => new Supervised().Loss(encoder.Model, batch)).Message,
            StringComparison.Ordinal
        );
    }

    private static TokenBatch Batch(GoldenModel golden, Func<int, float[]>? target = null, Func<int, int[]>? tags = null)
    {
        var (ids, real) = (golden["right/input_ids"], golden.Real("right"));
        var rows = new List<TokenSequence[]>();
        for (var row = 0; row < ids.size(0); row++)
        {
            var length = (int)real[row].sum().ToInt64();
            rows.Add([
                new TokenSequence([.. ids[row].data<long>().ToArray().Take(length).Select(i => (int)i)], new bool[length], default)
                {
                    Target = target?.Invoke(row) ?? [],
                    Tags = tags?.Invoke(row)[..length] ?? [],
                },
            ]);
        }

        return new TokenBatch(rows, 1);
    }
}
