using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Opening.Loading;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Decoding;

/// <summary>The formulas of arXiv 2406.15480 and 2410.14765, number by number in float64.</summary>
public sealed class FusedScoresTests : TorchTest
{
    private const int Rows = 40;
    private const int Tokens = 30;

    [Fact]
    public void A_fixed_weight_adds_differences_of_logarithms()
    {
        var (large, small, one, two) = (Scores(1, 2), Scores(2, 1), Scores(3, 2), Scores(4, 2));
        var fused = Fused(large, [one, two], small, new FusionPlan { Weight = 0.7 });
        foreach (var (row, actual) in fused.Index())
        {
            var (p, q, a, b) = (Log(large[row]), Log(small[row]), Log(one[row]), Log(two[row]));
            double[] expected = [.. p.Select((x, i) => x + 0.7 * (a[i] - q[i] + (b[i] - q[i])))];
            Close(Log(expected), Log(actual));
        }
    }

    [Fact]
    public void Where_nothing_is_added_the_other_is_taken_off_and_where_nothing_is_taken_off_all_are_added()
    {
        var (own, other) = (Scores(1, 2), Scores(2, 1));
        var (less, more) = (
            Fused(own, [], other, new FusionPlan { Weight = 0.3 }),
            Fused(own, [other], null, new FusionPlan { Weight = 0.3 })
        );
        for (var row = 0; row < Rows; row++)
        {
            var (p, q) = (Log(own[row]), Log(other[row]));
            Close([.. p.Zip(q, (x, y) => x - 0.3 * y)], less[row]);
            Close([.. p.Zip(q, (x, y) => x + 0.3 * y)], more[row]);
        }
    }

    [Theory, InlineData(1), InlineData(3)]
    public void Solved_weights_are_those_of_every_trial_written_out(int count)
    {
        var (large, small) = (Scores(1, 2), Scores(2, 1.5));
        // Of experts that are near their base, so that the weights differ: some rows need all of the range.
        double[][][] experts =
        [
            .. Enumerable
                .Range(0, count)
                .Select(t => small.Select((row, r) => row.Zip(Scores(3 + t, 0.1 + r * 0.05)[r], (x, y) => x + y).ToArray()).ToArray()),
        ];
        var fused = Fused(large, experts, small, new FusionPlan { Weights = FusionWeights.Kl });
        var chosen = new List<(int Expert, double Weight)>();
        for (var row = 0; row < Rows; row++)
        {
            var (p, q) = (Log(large[row]), Log(small[row]));
            double[][] tuned = [.. experts.Select(expert => Log(expert[row]))];
            var best = (Cost: double.PositiveInfinity, Expert: -1, Weight: 0.0);
            for (var trial = 0; trial <= 20; trial++)
            for (var t = 0; t < count; t++)
            {
                double[] tried = Log([.. p.Select((x, i) => x + trial * 0.1 * (tuned[t][i] - q[i]))]);
                var cost = tuned.Sum(other =>
                    Math.Pow(Divergence(tried, p) - Divergence(other, q), 2) + Math.Pow(Divergence(p, tried) - Divergence(q, other), 2)
                );
                if (cost < best.Cost - 1e-13)
                    best = (cost, t, trial * 0.1);
            }

            chosen.Add((best.Expert, best.Weight));
            Close([.. p.Select((x, i) => x + best.Weight * (tuned[best.Expert][i] - q[i]))], fused[row]);
        }

        // The trial is of each row, not of the batch.
        Assert.True(chosen.Select(c => c.Weight).Distinct().Count() > 5);
        Assert.Equal(count, chosen.Select(c => c.Expert).Distinct().Count());
    }

    [Fact]
    public void An_expert_that_has_learnt_nothing_has_no_weight()
    {
        var (large, small) = (Scores(1, 2), Scores(2, 1));
        var fused = Fused(large, [small], small, new FusionPlan { Weights = FusionWeights.Kl });
        Assert.All(fused.Index(), row => Close(Log(large[row.Index]), row.Item));
    }

    [Theory, InlineData(FusionWeights.Fixed), InlineData(FusionWeights.Kl)]
    public void A_model_that_is_its_experts_base_becomes_the_expert(FusionWeights weights)
    {
        var (small, expert) = (Scores(1, 2), Scores(2, 2));
        var fused = Fused(small, [expert], small, new FusionPlan { Weights = weights });
        Assert.All(fused.Index(), row => Close(Log(expert[row.Index]), Log(row.Item)));
    }

    [Fact]
    public void What_the_model_does_not_hold_plausible_is_never_taken_while_something_else_is_there()
    {
        var (own, other) = (Scores(1, 2), Scores(2, 3));
        var fused = Fused(own, [], other, new FusionPlan { Plausible = 0.1 });
        for (var row = 0; row < Rows; row++)
        {
            var (p, q) = (Log(own[row]), Log(other[row]));
            var probable = p.Select(x => x >= Math.Log(0.1) + p.Max()).ToArray();
            var (kept, cut) = (Where(probable, true), Where(probable, false));
            Assert.InRange(kept.Length, 1, Tokens - 1);
            Close([.. kept.Select(i => p[i] - q[i])], [.. kept.Select(i => fused[row][i])]);
            Assert.True(cut.Max(i => fused[row][i]) < kept.Min(i => fused[row][i]) - 1000);
            // Among those that are cut, the model's own order.
            Assert.Equal(cut.OrderBy(i => p[i]), cut.OrderBy(i => fused[row][i]));
        }

        static int[] Where(bool[] what, bool value) => [.. Enumerable.Range(0, what.Length).Where(i => what[i] == value)];
    }

    [Fact]
    public void With_nothing_plausible_but_the_best_it_is_the_models_greedy_token()
    {
        var (own, other) = (Scores(1, 2), Scores(2, 3));
        var fused = Fused(own, [], other, new FusionPlan { Plausible = 1 });
        Assert.All(fused.Index(), row => Assert.Equal(Best(own[row.Index]), Best(row.Item)));
        Assert.All(Fused(own, [], other, new FusionPlan { Weight = 0 }).Index(), row => Close(Log(own[row.Index]), row.Item));

        static int Best(double[] row) => Array.IndexOf(row, row.Max());
    }

    [Fact]
    public void Improbable_tokens_leave_numbers()
    {
        double[][] own =
        [
            [0, -300, -900, -30],
        ];
        double[][] expert =
        [
            [-900, 0, -30, -300],
        ];
        double[][] small =
        [
            [-1, -2, -700, 0],
        ];
        foreach (var weights in Enum.GetValues<FusionWeights>())
            Assert.All(Fused(own, [expert], small, new FusionPlan { Weights = weights })[0], value => Assert.True(double.IsFinite(value)));
    }

    private static double[][] Fused(double[][] own, double[][][] plus, double[][]? minus, FusionPlan plan)
    {
        using var scope = NewDisposeScope();
        var fused = FusedScores.Of(Whole(own), [.. plus.Select(Whole)], minus is null ? null : Whole(minus), plan);
        var numbers = fused.data<double>().ToArray();
        return [.. numbers.Chunk((int)fused.size(1))];

        static Tensor Whole(double[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
    }

    private static double[][] Scores(int seed, double width)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Rows).Select(_ => (double[])[.. Enumerable.Range(0, Tokens).Select(_ => Normal(random) * width)])];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double[] Log(double[] scores)
    {
        var all = scores.Max() + Math.Log(scores.Sum(x => Math.Exp(x - scores.Max())));
        return [.. scores.Select(x => x - all)];
    }

    private static double Divergence(double[] from, double[] to) => from.Zip(to, (x, y) => Math.Exp(x) * (x - y)).Sum();

    private static void Close(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-9);
    }
}
