using System.Diagnostics;
using System.Globalization;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>
/// A training step against its floor: the matrix products and the attention that it cannot do without, of the same shapes, forward
/// and backward, and nothing else. Floor and step are measured in turns, so that what else the machine does falls on both.
/// </summary>
internal static class TrainingStep
{
    private static readonly NewDecoder Shape = new()
    {
        HiddenSize = 384,
        Layers = 6,
        Heads = 6,
        FeedForwardSize = 1024,
        Tied = true,
    };
    private static readonly ModelConfig Config = Shape.Config(8192, 1, 0);

    /// <param name="args">Rounds (7) and threads (all).</param>
    public static void Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 7;
        if (args.Length > 1)
            TorchRuntime.Threads = int.Parse(args[1], CultureInfo.InvariantCulture);
        const int rows = 8,
            length = 256;
        using var decoder = Decoder.Create(Config, 1);
        using var tuned = new Full().Start(decoder, 1);
        using var parameters = new FlatParameters(tuned.Trained);
        using var optimizer = new AdamW { LearningRate = 1e-4 }.Start(parameters);
        var batch = Batch(rows, length);
        Console.WriteLine(
            $"{parameters.Count / 1e6:F1} M parameters, {rows} rows of {length} tokens, {TorchRuntime.Threads} threads, median of {rounds}"
        );
        foreach (var bf16 in (ReadOnlySpan<bool>)[false, true])
        {
            var (floors, steps) = (new List<double>(), new List<double>());
            for (var round = -1; round < rounds; round++)
            {
                var floor = Time(() => Floor(rows, length, bf16));
                var step = Time(() => Step(decoder, parameters, optimizer, batch, bf16));
                if (round < 0)
                    continue;
                floors.Add(floor);
                steps.Add(step);
            }

            Console.WriteLine(
                $"{(bf16 ? "bfloat16" : "float32"), -9} floor {Median(floors):F0} ms   step {Median(steps):F0} ms   "
                    + $"{Median([.. floors.Zip(steps, (f, s) => f / s)]):P0} of the floor's speed   "
                    + $"{rows * length / Median(steps) * 1000:F0} tokens/s"
            );
        }
    }

    private static void Step(Decoder decoder, FlatParameters parameters, OptimizerRun optimizer, TokenBatch batch, bool bf16)
    {
        using var scope = NewDisposeScope();
        parameters.ClearGradients();
        SingleLoss loss;
        using (bf16 ? Autocast.BFloat16(decoder.Device) : null)
            loss = new CausalLm().Loss(decoder, batch);
        Gradients.Backward(loss.Sum);
        parameters.Normalise(loss.Count, 1);
        optimizer.Step(1);
    }

    private static void Floor(int rows, int length, bool bf16)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var type = bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var (tokens, hidden, inner, keys) = (
            rows * length,
            Config.HiddenSize,
            Shape.FeedForwardSize!.Value,
            Config.KeyValueHeads * Config.HeadSize
        );
        for (var layer = 0; layer < Config.Layers; layer++)
        {
            Product(hidden, hidden);
            Product(hidden, keys);
            Product(hidden, keys);
            Attention();
            Product(hidden, hidden);
            Product(hidden, inner);
            Product(hidden, inner);
            Product(inner, hidden);
        }

        Product(hidden, Config.VocabularySize);

        // A linear map, its gradient for what went in and its gradient for the weight.
        void Product(long input, long output)
        {
            using var inside = NewDisposeScope();
            var (x, w, dy) = (Filled(tokens, input), Filled(output, input), Filled(tokens, output));
            Ops.Product(x, w);
            Ops.Product(dy, w.t());
            Ops.Product(dy.t(), x.t());
        }

        void Attention()
        {
            using var inside = NewDisposeScope();
            using var graded = enable_grad();
            var (q, k, v) = (Heads(Config.Heads), Heads(Config.KeyValueHeads), Heads(Config.KeyValueHeads));
            Gradients.Backward(Ops.Attention(q, k, v, causal: true).sum());
            Tensor Heads(long heads) => ones([rows, heads, length, Config.HeadSize], dtype: type).requires_grad_(true);
        }

        Tensor Filled(long a, long b) => ones([a, b], dtype: type);
    }

    private static TokenBatch Batch(int rows, int length)
    {
        var random = new Random(1);
        return new TokenBatch(
            [
                .. Enumerable
                    .Range(0, rows)
                    .Select(_ =>
                        new[]
                        {
                            new TokenSequence(
                                [.. Enumerable.Range(0, length).Select(_ => random.Next(Config.VocabularySize))],
                                [.. Enumerable.Repeat(true, length)],
                                default
                            ),
                        }
                    ),
            ],
            0
        );
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double Time(Action action)
    {
        var from = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(from).TotalMilliseconds;
    }
}
