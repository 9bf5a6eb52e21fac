using System.Globalization;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>
/// The three products of a linear map's step in float32 (forward, and the gradients of what went in and of the weight): by oneDNN against
/// by MKL, in turns.
/// </summary>
internal static class LinearMaps
{
    /// <param name="args">Rounds (15).</param>
    public static void Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
        TorchRuntime.Initialize();
        using var ungraded = no_grad();
        Console.WriteLine($"| rows | inputs | outputs | MKL | oneDNN | times as fast | GFLOP/s of each |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (
            var (rows, inputs, outputs) in ((long, long, long)[])
                [(1024, 160, 432), (2048, 384, 384), (2048, 384, 1024), (2048, 1024, 384), (512, 384, 8192), (2048, 2048, 2048)]
        )
        {
            using var scope = NewDisposeScope();
            var (x, weight, gradient) = (randn(rows, inputs), randn(outputs, inputs), randn(rows, outputs));
            (Tensor A, Tensor B)[] products = [(x, weight), (gradient, weight.t()), (gradient.t(), x.t())];
            var (mkl, oneDnn) = (new List<double>(), new List<double>());
            for (var round = -1; round < rounds; round++)
            {
                using var inner = NewDisposeScope();
                var times = (
                    Child.Time(() => Array.ForEach(products, p => p.A.mm(p.B.t()).Dispose())),
                    Child.Time(() => Array.ForEach(products, p => LinearKernel.Product(p.A, p.B).Dispose()))
                );
                if (round < 0)
                    continue;
                mkl.Add(times.Item1);
                oneDnn.Add(times.Item2);
            }

            var (slow, fast, work) = (Child.Median(mkl), Child.Median(oneDnn), 6e-6 * rows * inputs * outputs);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {rows} | {inputs} | {outputs} | {slow:F2} ms | {fast:F2} ms | {slow / fast:F2} | {work / slow:F0}, "
                        + $"{work / fast:F0} |"
                )
            );
        }
    }
}
