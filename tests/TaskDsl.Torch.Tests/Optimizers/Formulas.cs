using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Optimizers.Steps;
using Xunit;

namespace TaskDsl.Torch.Tests.Optimizers;

/// <summary>What the papers say, number by number, in float64.</summary>
internal static class Formulas
{
    /// <summary>A step of one tensor.</summary>
    public delegate void Step(
        double[] x,
        double[] g,
        int t,
        double factor,
        double groupRate,
        bool decays,
        bool matrix,
        Dictionary<string, double[]> state
    );

    public static Step Of(Optimizer optimizer) =>
        optimizer switch
        {
            Adam o => (x, g, t, factor, rate, decays, _, state) =>
                AdamLike(x, g, t, o.LearningRate * factor * rate, o.Beta1, o.Beta2, o.Epsilon, 0, decays ? o.WeightDecay : 0, state),
            AdamW o => (x, g, t, factor, rate, decays, _, state) =>
                AdamLike(x, g, t, o.LearningRate * factor * rate, o.Beta1, o.Beta2, o.Epsilon, decays ? o.WeightDecay : 0, 0, state),
            AdamW8Bit o => (x, g, t, factor, rate, decays, _, state) =>
            {
                AdamLike(x, g, t, o.LearningRate * factor * rate, o.Beta1, o.Beta2, o.Epsilon, decays ? o.WeightDecay : 0, 0, state);
                state["m"] = Rounded(state["m"], signed: true);
                state["v"] = Rounded(state["v"], signed: false);
            },
            Sgd o => (x, g, t, factor, rate, decays, _, state) =>
            {
                var b = Of(state, "b", x.Length);
                for (var i = 0; i < x.Length; i++)
                {
                    var slope = g[i] + (decays ? o.WeightDecay * x[i] : 0);
                    b[i] = t == 1 ? slope : o.Momentum * b[i] + slope;
                    x[i] -=
                        o.LearningRate
                        * factor
                        * rate
                        * (
                            o.Momentum == 0 ? slope
                            : o.Nesterov ? slope + o.Momentum * b[i]
                            : b[i]
                        );
                }
            },
            RmsProp o => (x, g, t, factor, rate, decays, _, state) =>
            {
                var v = Of(state, "v", x.Length);
                for (var i = 0; i < x.Length; i++)
                {
                    var slope = g[i] + (decays ? o.WeightDecay * x[i] : 0);
                    v[i] = o.Alpha * v[i] + (1 - o.Alpha) * slope * slope;
                    x[i] -= o.LearningRate * factor * rate * slope / (Math.Sqrt(v[i]) + o.Epsilon);
                }
            },
            Lion o => (x, g, t, factor, rate, decays, _, state) => // Algorithm 2
            {
                var m = Of(state, "m", x.Length);
                for (var i = 0; i < x.Length; i++)
                {
                    var c = Math.Sign(o.Beta1 * m[i] + (1 - o.Beta1) * g[i]);
                    x[i] -= o.LearningRate * factor * rate * (c + (decays ? o.WeightDecay * x[i] : 0));
                    m[i] = o.Beta2 * m[i] + (1 - o.Beta2) * g[i];
                }
            },
            Adafactor o => (x, g, t, factor, rate, decays, matrix, state) => Adafactor(o, x, g, t, factor * rate, decays, matrix, state),
            _ => throw new NotSupportedException($"no formula of {optimizer}"),
        };

    private static void AdamLike(
        double[] x,
        double[] g,
        int t,
        double rate,
        double beta1,
        double beta2,
        double epsilon,
        double decoupled,
        double coupled,
        Dictionary<string, double[]> state
    )
    {
        var (m, v) = (Of(state, "m", x.Length), Of(state, "v", x.Length));
        for (var i = 0; i < x.Length; i++)
        {
            var slope = g[i] + coupled * x[i];
            m[i] = beta1 * m[i] + (1 - beta1) * slope;
            v[i] = beta2 * v[i] + (1 - beta2) * slope * slope;
            x[i] -= rate * (m[i] / (1 - Math.Pow(beta1, t)) / (Math.Sqrt(v[i] / (1 - Math.Pow(beta2, t))) + epsilon) + decoupled * x[i]);
        }
    }

    /// <summary>Algorithms 4 and 5 of the paper, with its sums instead of means.</summary>
    private static void Adafactor(
        Adafactor o,
        double[] x,
        double[] g,
        int t,
        double factor,
        bool decays,
        bool matrix,
        Dictionary<string, double[]> state
    )
    {
        var beta = 1 - Math.Pow(t, -o.DecayRate);
        var squares = g.Select(s => s * s + o.Epsilon).ToArray();
        double[] v;
        if (matrix)
        {
            var (rows, columns) = (Of(state, "r", Bowl.Rows), Of(state, "c", Bowl.Columns));
            for (var r = 0; r < Bowl.Rows; r++)
                rows[r] = beta * rows[r] + (1 - beta) * Enumerable.Range(0, Bowl.Columns).Sum(c => squares[r * Bowl.Columns + c]);
            for (var c = 0; c < Bowl.Columns; c++)
                columns[c] = beta * columns[c] + (1 - beta) * Enumerable.Range(0, Bowl.Rows).Sum(r => squares[r * Bowl.Columns + c]);
            v = [.. x.Select((_, i) => rows[i / Bowl.Columns] * columns[i % Bowl.Columns] / rows.Sum())];
        }
        else
        {
            v = Of(state, "v", x.Length);
            for (var i = 0; i < v.Length; i++)
                v[i] = beta * v[i] + (1 - beta) * squares[i];
        }

        var update = g.Zip(v, (slope, moment) => slope / Math.Sqrt(moment)).ToArray();
        var clip = Math.Max(1, Rms(update) / o.ClipThreshold);
        var rate = (o.LearningRate ?? Math.Min(1e-2, 1 / Math.Sqrt(t))) * factor;
        var step = rate * (o.ScaleParameter ? Math.Max(o.ParameterEpsilon, Rms(x)) : 1);
        for (var i = 0; i < x.Length; i++)
            x[i] = x[i] * (1 - (decays ? rate * o.WeightDecay : 0)) - step * update[i] / clip;
    }

    /// <summary>The nearest of the 256 numbers in front of a block's largest, by looking at all of them.</summary>
    private static double[] Rounded(double[] values, bool signed)
    {
        var numbers = new List<double> { 0, 1 };
        for (var e = 0; e < 7; e++)
        {
            var n = (int)Math.Pow(2, signed ? e : e + 1);
            var edges = Enumerable.Range(0, n + 1).Select(i => 0.1 + i * 0.9 / n).ToArray();
            foreach (var middle in edges.Zip(edges.Skip(1), (a, b) => (a + b) / 2 * Math.Pow(10, e - 6)))
                numbers.AddRange(signed ? [middle, -middle] : [middle]);
        }

        Assert.Equal(256, numbers.Count);
        var most = values.Max(Math.Abs);
        return [.. values.Select(v => most * numbers.MinBy(n => Math.Abs(v / most - n)))];
    }

    private static double Rms(double[] x) => Math.Sqrt(x.Average(v => v * v));

    private static double[] Of(Dictionary<string, double[]> state, string name, int size)
    {
        if (!state.TryGetValue(name, out var known))
            state[name] = known = new double[size];
        return known;
    }
}
