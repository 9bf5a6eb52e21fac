using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers.Steps;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Optimizers;

/// <summary>A matrix and a vector in a bumpy bowl: gradients that a formula gives, for any implementation of an optimizer.</summary>
internal static class Bowl
{
    public const int Rows = 3,
        Columns = 5,
        Steps = 60;

    public static readonly string[] Names = ["vector", "matrix"];

    public static int Size(string name) => name == "matrix" ? Rows * Columns : 4;

    public static double Start(string name, int i) => Math.Cos(2 * i + name.Length);

    public static double Slope(string name, int i, double x) =>
        (0.3 + 0.2 * (i % 4)) * (x - 0.5 * Math.Sin(i + name.Length)) + 0.3 * Math.Sin(5 * x + i);

    /// <summary>The path of an optimizer of ours: all values after each step.</summary>
    public static List<double[]> Path(Optimizer optimizer, Func<string, ParameterGroup>? group = null)
    {
        using var scope = NewDisposeScope();
        var tensors = Names.ToDictionary(
            name => name,
            name =>
            {
                var start = tensor(Enumerable.Range(0, Size(name)).Select(i => (float)Start(name, i)).ToArray());
                return new Parameter(name == "matrix" ? start.view(Rows, Columns) : start);
            }
        );
        using var parameters = new FlatParameters(tensors, group);
        using var run = optimizer.Start(parameters);
        var path = new List<double[]>();
        for (var step = 0; step < Steps; step++)
        {
            foreach (var (name, parameter) in tensors)
            {
                var values = TensorMemory.Span<float>(parameter);
                var slopes = TensorMemory.Span<float>(parameter.grad!);
                for (var i = 0; i < values.Length; i++)
                    slopes[i] = (float)Slope(name, i, values[i]);
            }

            run.Step(Factor(step));
            path.Add([.. Names.SelectMany(name => TensorMemory.Span<float>(tensors[name]).ToArray().Select(x => (double)x))]);
        }

        return path;
    }

    /// <summary>The path of a formula, in float64.</summary>
    /// <param name="step">
    /// Changes a tensor's values; is given its name, its values, their gradients, the number of the step from 1, and the schedule's factor.
    /// </param>
    public static List<double[]> Path(Action<string, double[], double[], int, double> step)
    {
        var tensors = Names.ToDictionary(name => name, name => Enumerable.Range(0, Size(name)).Select(i => Start(name, i)).ToArray());
        var path = new List<double[]>();
        for (var t = 1; t <= Steps; t++)
        {
            foreach (var (name, values) in tensors)
                step(name, values, [.. values.Select((x, i) => Slope(name, i, x))], t, Factor(t - 1));
            path.Add([.. Names.SelectMany(name => tensors[name])]);
        }

        return path;
    }

    /// <summary>A learning rate that changes.</summary>
    public static double Factor(int step) => 1 - 0.5 * step / Steps;
}
