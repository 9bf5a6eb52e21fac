using System.Globalization;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Optimizers.Steps;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = TaskDsl.Torch.Optimizers.AdamW;

namespace TaskDsl.Benchmarks;

/// <summary>A step of each optimizer over 14 million weights in 56 matrices, with clipping, and TorchSharp's AdamW, in turns.</summary>
internal static class OptimizerSteps
{
    private const int Matrices = 56,
        Size = 500;

    /// <param name="args">Rounds (15).</param>
    public static void Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
        (string Name, Optimizer Optimizer)[] all =
        [
            ("adamw", new AdamW()),
            ("adam", new Torch.Optimizers.Adam()),
            ("adamw_8bit", new AdamW8Bit()),
            ("sgd", new Sgd()),
            ("lion", new Lion()),
            ("adafactor", new Adafactor()),
        ];
        TorchRuntime.Initialize();
        var theirs = Tensors();
        using var reference = optim.AdamW(theirs.Values);
        foreach (var parameter in theirs.Values)
            parameter.grad = randn_like(parameter) * 1e-3;
        var runs = all.Select(o =>
            {
                var parameters = new FlatParameters(Tensors());
                return (o.Name, Parameters: parameters, Run: o.Optimizer.Start(parameters), Times: new List<double>());
            })
            .ToArray();
        var times = new List<double>();
        for (var round = -2; round < rounds; round++)
        {
            var time = Child.Time(() =>
            {
                using var scope = NewDisposeScope();
                nn.utils.clip_grad_norm_(theirs.Values, 1);
                reference.step();
            });
            if (round >= 0)
                times.Add(time);
            foreach (var run in runs)
            {
                using (no_grad())
                    run.Parameters.Gradients.normal_().mul_(1e-3f);
                time = Child.Time(() =>
                {
                    run.Parameters.Normalise(1, 1);
                    run.Run.Step(1);
                });
                if (round >= 0)
                    run.Times.Add(time);
            }
        }

        Console.WriteLine($"{Matrices * Size * Size / 1e6:F0} M weights, {TorchRuntime.Threads} threads, median of {rounds}");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{"TorchSharp's AdamW", -20} {Child.Median(times), 6:F1} ms   {8.0, 5:F2} bytes per weight"
            )
        );
        foreach (var run in runs)
        {
            var bytes = run.Run.State.Values.Sum(t => t.numel() * TensorMemory.SizeOf(t.dtype)) / (double)run.Parameters.Count;
            var time = Child.Median(run.Times);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{run.Name, -20} {time, 6:F1} ms   {bytes, 5:F2} bytes per weight   {Child.Median(times) / time:F1} times as fast"
                )
            );
        }

        static Dictionary<string, Parameter> Tensors() =>
            Enumerable.Range(0, Matrices).ToDictionary(i => $"{i}", _ => new Parameter(randn(Size, Size) * 0.02));
    }
}
