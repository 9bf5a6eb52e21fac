using TaskDsl.Data;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tests.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

/// <summary>A teacher's probabilities that stand with the examples; for a teacher at work see <see cref="HeadLossTests"/>.</summary>
public sealed class DistillationTests : TorchTest
{
    private static readonly LettersTask Task = new();
    private static readonly string[] Labels = ["a", "b", "c", "d", "e"];

    [Theory, InlineData(1, 1), InlineData(2, 1), InlineData(3, 0.4), InlineData(1, 0)]
    public void The_loss_and_its_gradient_are_those_computed_by_hand(double temperature, double share)
    {
        using var golden = new GoldenModel("bert_seqcls");
        float[][] targets =
        [
            [0.2f, 0.5f, 0.3f, 1],
            [0, 0.25f, 0.75f, 2],
            [0],
            [1, 0, 0, 2],
        ];
        float[] weights = [1, 2, 1, 0.5f];
        var batch = Batch(targets, weights);
        using var run = new Distillation { Temperature = temperature, Weight = share }.Start(new ObjectiveStart { Model = golden.Model });
        var loss = run.Loss(golden.Model, batch);
        Gradients.Backward(loss.Sum);
        double[][] scores;
        using (no_grad())
        using (var pass = new ForwardPass(golden.Model, batch))
            scores = [.. golden.Model.Logits(pass.OfTexts()).unbind().Select(row => row.data<float>().Select(s => (double)s).ToArray())];
        Assert.Equal(weights.Sum(w => (double)w), loss.Count);
        Assert.Equal(ByHand(scores), loss.Sum.ToDouble(), 1e-5);

        // The head's bias has the gradient of the scores alone, here by finite differences.
        var bias = golden.Model.Parameters.Single(p => p.Key.EndsWith("classifier.bias", StringComparison.Ordinal)).Value;
        for (var label = 0; label < 3; label++)
        {
            var slope = (ByHand(Moved(label, 1e-5)) - ByHand(Moved(label, -1e-5))) / 2e-5;
            Assert.Equal(slope, bias.grad![label].ToDouble(), 1e-4);
        }

        double[][] Moved(int label, double by) => [.. scores.Select(row => row.Select((s, i) => i == label ? s + by : s).ToArray())];

        double ByHand(double[][] scores)
        {
            var sum = 0.0;
            foreach (var (target, row) in scores.Index())
            {
                var (known, own) = (targets[target][..^1], (int)targets[target][^1]);
                var part = known.Length > 0 ? share : 0;
                var divergence = known.Select((p, i) => p == 0 ? 0 : p * (Math.Log(p) - Log(row, i, temperature))).Sum();
                sum += weights[target] * (part * temperature * temperature * divergence - (1 - part) * Log(row, own, 1));
            }

            return sum;
            static double Log(double[] row, int i, double t) => row[i] / t - Math.Log(row.Sum(s => Math.Exp(s / t)));
        }
    }

    /// <summary>Nothing is lost by a student that says what its teacher says.</summary>
    [Fact]
    public void A_student_that_agrees_has_no_loss()
    {
        using var golden = new GoldenModel("bert_seqcls");
        using var pass = new ForwardPass(
            golden.Model,
            Batch(
                [
                    [0],
                ],
                [1]
            )
        );
        var own = golden.Model.Logits(pass.OfTexts()).softmax(1)[0].data<float>().ToArray();
        var loss = new Distillation { Temperature = 1, Weight = 1 }.Loss(
            golden.Model,
            Batch(
                [
                    [.. own, 0],
                ],
                [1]
            )
        );
        Assert.Equal(0, loss.Sum.ToDouble(), 1e-6);
    }

    [Fact]
    public void Scores_are_put_into_the_order_of_the_labels()
    {
        float[] target = Target("""{"e":0.05,"c":0.2,"a":0.3,"d":0.15,"b":0.1}""", 1); // Of a writing teacher: 0.8 together.
        Assert.Equal([0.375f, 0.125f, 0.25f, 0.1875f, 0.0625f, 2], target);
        var soft = Target("""{"e":0,"c":0.25,"a":0.64,"d":0.01,"b":0.1}""", 2);
        var roots = new[] { 0.8, Math.Sqrt(0.1), 0.5, 0.1, 0 };
        Assert.Equal(roots.Select(r => r / roots.Sum()), soft[..5].Select(p => (double)p), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([2], SoftLabels.Target(Task, new LettersExample(new("C"), new("c")), Labels, 1));
    }

    [Theory]
    [InlineData("""{"a":1,"b":0,"c":0,"d":0}""", "have none for 'e', a label of the task 'letters'")]
    [InlineData("""{"a":1,"b":0,"c":0,"d":0,"e":0,"f":0}""", "are of 'f', which is no label of the task 'letters'")]
    [InlineData("""{"a":1.5,"b":0,"c":0,"d":0,"e":0}""", "have 1.5 for 'a', which is no probability")]
    [InlineData("""{"a":0,"b":0,"c":0,"d":0,"e":0}""", "are all 0")]
    [InlineData("""[0.2, 0.8]""", "expected a number for each label")]
    public void Scores_of_other_labels_are_refused_at_their_place(string scores, string said)
    {
        var error = Assert.Throws<DataException>(() => Target(scores, 1));
        Assert.StartsWith("x.jsonl(3): error: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_learned_so_is_refused()
    {
        using var golden = new GoldenModel("bert_seqcls");
        using var decoder = TinyModel.Open();
        var distillation = new Distillation();
        Assert.Equal(Labels, distillation.Head([Task])!.Labels);
        Assert.Contains("has 2 tasks", Misfit(() => distillation.Head([Task, new LongLettersTask()])), StringComparison.Ordinal);
        Assert.Contains(
            "needs a head",
            Misfit(() => distillation.Start(new ObjectiveStart { Model = decoder.Model })),
            StringComparison.Ordinal
        );
        Assert.Contains("keep: [scores]", Misfit(() => Start([0], [1])), StringComparison.Ordinal);
        Start([0], [0.2f, 0.5f, 0.3f, 1]);
        Assert.Null(new Distillation { Teacher = "x" }.Head([Task]));

        void Start(params float[][] targets) =>
            distillation.Start(new ObjectiveStart { Model = golden.Model, Batches = [.. targets.Select(t => Batch([t], [1]))] }).Dispose();

        static string Misfit(Action action) => Assert.Throws<MisfitException>(action).Message;
    }

    private static float[] Target(string scores, double temperature) =>
        SoftLabels.Target(
            Task,
            new LettersExample(new("C"), new("c")) { Origin = new RecordOrigin("x.jsonl", 3) { Kept = $"{{\"$scores\":{scores}}}" } },
            Labels,
            temperature
        );

    private static TokenBatch Batch(float[][] targets, float[] weights) =>
        new(
            [
                .. targets.Select(
                    (target, row) =>
                        new[]
                        {
                            new TokenGroup(new TokenSequence([2, 10 + row, 20 + 3 * row, 3], new bool[4], default) { Target = target })
                            {
                                Weight = weights[row],
                            },
                        }
                ),
            ],
            0
        );
}
