using System.Globalization;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>
/// The head of a vocabulary of 32,000 and its cross-entropy, forward and backward: some rows at a time, as training does it, against the
/// scores of all rows at once. Each in a process of its own, whose memory counts from before the first pass.
/// </summary>
internal static class ChunkedLoss
{
    private const int Rows = 2048,
        Hidden = 384,
        Vocabulary = 32_000,
        Passes = 5;

    /// <param name="args">Processes of each kind (3), or what one process is to do.</param>
    public static void Run(string[] args)
    {
        if (args is ["one", var way, var numbers, var learns])
        {
            One(way == "chunked", numbers == "bfloat16", learns == "trained");
            return;
        }

        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
        Console.WriteLine(
            $"{Rows:N0} rows, hidden size {Hidden}, vocabulary {Vocabulary:N0} (scores of all rows: "
                + $"{4.0 * Rows * Vocabulary / 1e6:F0} MB in float32), {TorchRuntime.Threads} threads, median of {rounds} processes"
        );
        foreach (var type in (string[])["float32", "bfloat16"])
        {
            foreach (var head in (string[])["trained", "frozen"])
            {
                var (all, chunked) = (new List<double[]>(), new List<double[]>());
                for (var round = 0; round < rounds; round++)
                {
                    all.Add(Child.Run("chunked-loss", "one", "all", type, head));
                    chunked.Add(Child.Run("chunked-loss", "one", "chunked", type, head));
                }

                var (a, c) = (Middle(all), Middle(chunked));
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{type, -8} {head, -7} head: all rows at once {a[0]:F0} MB, {a[1]:F0} ms   some rows at a time {c[0]:F0} "
                            + $"MB, {c[1]:F0} ms   {a[0] / c[0]:F1} times less memory, {a[1] / c[1]:F2} times as fast   (losses "
                            + $"{a[2]:F4}, {c[2]:F4})"
                    )
                );
            }
        }

        static double[] Middle(List<double[]> numbers) => [.. Enumerable.Range(0, 3).Select(i => Child.Median(numbers.Select(n => n[i])))];
    }

    private static void One(bool chunked, bool bf16, bool trained)
    {
        TorchRuntime.Initialize();
        manual_seed(1);
        using var hidden = randn(Rows, Hidden).requires_grad_(true);
        using var weight = (randn(Vocabulary, Hidden) * 0.02).detach().requires_grad_(trained);
        using var targets = randint(0, Vocabulary, [Rows], dtype: ScalarType.Int64);
        using var weights = ones(Rows);
        var head = new VocabularyHead(weight);
        double loss = 0;
        Pass(256); // Libraries, threads and the gradients' own memory.
        var before = Child.Megabytes("VmHWM");
        var times = Enumerable.Range(0, Passes).Select(_ => Child.Time(() => Pass(Rows))).ToArray();
        Child.Answer(Child.Megabytes("VmHWM") - before, times.Min(), loss);

        void Pass(int rows)
        {
            using var scope = NewDisposeScope();
            var (part, own, count) = (hidden.narrow(0, 0, rows), targets.narrow(0, 0, rows), weights.narrow(0, 0, rows));
            Tensor sum;
            using (bf16 ? Autocast.BFloat16(CPU) : null)
                sum = chunked ? HeadLoss.Sum(part, head, own, count) : HeadLoss.PlainSum(part, head, own, count);
            Gradients.Backward(sum);
            loss = sum.ToDouble() / rows;
        }
    }
}
