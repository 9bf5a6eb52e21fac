using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Draws;
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
            .Select(r =>
                new[] { new TokenGroup(new TokenSequence([2, .. Enumerable.Range(10, 60), 3], new bool[62], default)) { Seed = r } }
            )
            .ToArray();
        using var run = new MaskedLm().Start(encoder, mask: 4, special: [2, 3]);
        var batch = new TokenBatch(rows, 0);
        var loss = run.Loss(encoder, batch);
        Assert.InRange(loss.Count / (40.0 * 60), 0.13, 0.17);

        // The same draws again: in each row a token, a kind and another token for each that may be hidden.
        var (ids, targets) = (batch.Ids.ToArray(), Enumerable.Repeat(-100L, 40 * 62).ToArray());
        var kinds = new int[3];
        for (var row = 0; row < 40; row++)
        {
            var draw = new Draw(batch.Sequences[row].Seed, Draw.Seed("mask"));
            for (var at = row * 62 + 1; at < row * 62 + 61; at++)
            {
                var (chance, kind, other) = (draw.Unit(), draw.Unit(), draw.Below(256));
                if (chance >= 0.15)
                    continue;
                targets[at] = ids[at];
                kinds[
                    kind < 0.8 ? 0
                    : kind < 0.9 ? 1
                    : 2
                ]++;
                ids[at] =
                    kind < 0.8 ? 4
                    : kind < 0.9 ? other
                    : ids[at];
            }
        }

        Assert.Equal(loss.Count, kinds.Sum());
        Assert.InRange(kinds[0] / loss.Count, 0.74, 0.86);
        Assert.InRange(kinds[1] / loss.Count, 0.06, 0.14);
        var logits = encoder.Logits(encoder.Hidden(tensor(ids, [40, 62]))).view(-1, 256);
        var expected = nn.functional.cross_entropy(logits, tensor(targets), ignore_index: -100, reduction: nn.Reduction.Sum);
        Assert.Equal(expected.ToDouble(), loss.Sum.ToDouble(), 1e-3);
    }

    /// <summary>A step that hides none would count nothing, and end the run.</summary>
    [Fact]
    public void Of_a_short_text_one_token_is_hidden_at_least()
    {
        using var golden = new GoldenModel("bert_mlm");
        using var run = new MaskedLm { Rate = 0.01 }.Start(golden.Model, mask: 4, special: [2, 3]);
        for (var i = 0; i < 20; i++)
            Assert.InRange(Count(i, 2, 10, 11, 12, 3), 1, 2);
        Assert.Equal(0, Count(0, 2, 3));

        double Count(int seed, params int[] ids)
        {
            var sequence = new TokenGroup(new TokenSequence(ids, new bool[ids.Length], default)) { Seed = seed };
            return run.Count(
                    new TokenBatch(
                        [
                            [sequence],
                        ],
                        0
                    )
                )
                .Single();
        }
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
        var wrong = new TokenSequence([5, 6, 7, 50, 51], [false, false, false, true, true], default);
        var loss = new Contrastive
        {
            Pooling = pooling,
            Symmetric = symmetric,
            Temperature = 0.1,
        }.Loss(
            golden.Model,
            new TokenBatch(
                [
                    [new TokenGroup(sequences[0], wrong)],
                    [new TokenGroup(sequences[1])],
                    [new TokenGroup(sequences[2])],
                ],
                0
            )
        );

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

    /// <summary>A label is the distribution that has all there; and a text of weight 2 is that text twice.</summary>
    [Fact]
    public void Distributions_and_weights_are_their_formulas()
    {
        using var golden = new GoldenModel("bert_seqcls");
        var labels = golden.Model.Config.Labels.Count;
        var soft = Enumerable.Range(1, labels).Select(i => i / (labels * (labels + 1) / 2f)).ToArray();
        using var run = new Classification().Start(new ObjectiveStart { Model = golden.Model });
        var one = Enumerable.Range(0, labels).Select(label => Loss(Text(1, [label])).Sum.ToDouble()).ToArray();
        var mixed = Loss(Text(1, soft), Text(2, [1]));
        Assert.Equal(3, mixed.Count);
        Assert.Equal(soft.Zip(one).Sum(p => p.First * p.Second) + 2 * one[1], mixed.Sum.ToDouble(), 1e-5);

        SingleLoss Loss(params TokenGroup[] texts) => run.Loss(golden.Model, new TokenBatch([.. texts.Select(t => new[] { t })], 0));

        static TokenGroup Text(float weight, float[] target) =>
            new(new TokenSequence([5, 6, 7, 8], new bool[4], default) { Target = target }) { Weight = weight };
    }

    [Fact]
    public void An_objective_of_encoders_says_so_to_a_decoder()
    {
        using var golden = new GoldenModel("llama");
        Func<ObjectiveRun>[] starts =
        [
            () => new Classification().Start(new ObjectiveStart { Model = golden.Model }),
            () => new TokenClassification().Start(new ObjectiveStart { Model = golden.Model }),
            () => new MaskedLm().Start(golden.Model, mask: 1, special: []),
        ];
        foreach (var start in starts)
            Assert.Contains("llama", Assert.Throws<MisfitException>(() => start().Dispose()).Message, StringComparison.Ordinal);
        using var encoder = new GoldenModel("bert_seqcls");
        Assert.Contains(
            "writes no text",
            Assert.Throws<MisfitException>(() => new Supervised().Start(new ObjectiveStart { Model = encoder.Model })).Message,
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
