using System.Globalization;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>
/// Memory and time of a training step whose layers are computed again for their gradients, against one that keeps what they made; each in a
/// process of its own.
/// </summary>
internal static class ActivationCheckpointing
{
    private const int Rows = 8,
        Length = 512,
        Steps = 3;
    private static readonly ModelConfig Config = new NewDecoder
    {
        HiddenSize = 384,
        Layers = 12,
        Heads = 6,
        FeedForwardSize = 1024,
        Tied = true,
        MaxPositions = Length,
    }.Config(8192, 1, 0);

    /// <param name="args">Processes of each kind (3), or what one process is to do.</param>
    public static void Run(string[] args)
    {
        if (args is ["one", var way, var numbers])
        {
            One(way == "again", numbers == "bfloat16");
            return;
        }

        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
        Console.WriteLine(
            $"{Config.Layers} layers, hidden size {Config.HiddenSize}, {Rows} rows of {Length} tokens, {TorchRuntime.Threads} "
                + $"threads, median of {rounds} processes"
        );
        foreach (var type in (string[])["float32", "bfloat16"])
        {
            var (kept, again) = (new List<double[]>(), new List<double[]>());
            for (var round = 0; round < rounds; round++)
            {
                kept.Add(Child.Run("activation-checkpointing", "one", "kept", type));
                again.Add(Child.Run("activation-checkpointing", "one", "again", type));
            }

            var (k, a) = (Middle(kept), Middle(again));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{type, -8} kept {k[0]:F0} MB, {k[1]:F0} ms   computed again {a[0]:F0} MB, {a[1]:F0} ms   {k[0] / a[0]:F1} "
                        + $"times less memory, {a[1] / k[1]:F2} times the time   (losses {k[2]:F6}, {a[2]:F6})"
                )
            );
        }

        static double[] Middle(List<double[]> numbers) => [.. Enumerable.Range(0, 3).Select(i => Child.Median(numbers.Select(n => n[i])))];
    }

    private static void One(bool again, bool bf16)
    {
        using var decoder = Decoder.Create(Config, 1);
        decoder.ActivationCheckpointing = again;
        using var tuned = new Full().Start(decoder, 1);
        var adamw = new AdamW { LearningRate = 1e-4 };
        using var parameters = adamw.Flatten(tuned);
        using var optimizer = adamw.Start(parameters);
        double loss = 0;
        Step(1, 64); // Libraries, threads, moments.
        var before = Child.Megabytes("VmHWM");
        var times = Enumerable.Range(0, Steps).Select(_ => Child.Time(() => Step(Rows, Length))).ToArray();
        Child.Answer(Child.Megabytes("VmHWM") - before, times.Min(), loss);

        void Step(int rows, int length)
        {
            using var scope = NewDisposeScope();
            parameters.ClearGradients();
            var random = new Random(1);
            var batch = new TokenBatch(
                [
                    .. Enumerable
                        .Range(0, rows)
                        .Select(_ =>
                            new[]
                            {
                                new TokenSequence(
                                    [.. Enumerable.Range(0, length).Select(_ => random.Next(Config.VocabularySize))],
                                    new bool[length],
                                    default
                                ),
                            }
                        ),
                ],
                0
            );
            SingleLoss sum;
            using (bf16 ? Autocast.BFloat16(CPU) : null)
                sum = new CausalLm().Loss(decoder, batch);
            Gradients.Backward(sum.Sum);
            parameters.Normalise(sum.Count, 1);
            optimizer.Step(1);
            loss = TorchSharp.TensorExtensionMethods.ToDouble(sum.Sum) / sum.Count;
        }
    }
}
