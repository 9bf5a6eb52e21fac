using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using TaskDsl.Models.MiniLM;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>
/// Sentences a second of minilm, from ids to hidden states, against ONNX Runtime on the ONNX file that its weights are from: float32, 32
/// tokens, no padding. Each takes its turn in a process of its own: the threads of the one would wait for work in the other's time.
/// </summary>
internal static class EncoderInference
{
    private const int Length = 32;

    /// <param name="args">The ONNX file, rounds (9) and threads (2); or what one process measures.</param>
    public static void Run(string[] args)
    {
        if (args is ["one", var side, var path, var batch, var many])
        {
            Child.Answer(
                Measure(side, path, int.Parse(batch, CultureInfo.InvariantCulture), int.Parse(many, CultureInfo.InvariantCulture))
            );
            return;
        }

        if (args.Length == 0 || !File.Exists(args[0]))
        {
            Console.WriteLine("skipped: the first argument names no ONNX file of minilm.");
            return;
        }

        var rounds = args.Length > 1 ? args[1] : "9";
        var threads = args.Length > 2 ? args[2] : "2";
        foreach (var rows in (ReadOnlySpan<string>)["1", "64"])
        {
            var (ours, theirs) = (new List<double[]>(), new List<double[]>());
            for (var round = 0; round < int.Parse(rounds, CultureInfo.InvariantCulture); round++)
            {
                ours.Add(Child.Run("encoder-inference", "one", "ours", args[0], rows, threads));
                theirs.Add(Child.Run("encoder-inference", "one", "onnx", args[0], rows, threads));
            }

            Console.WriteLine($"batch {rows}, {threads} threads, {rounds} rounds, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}:");
            // On a machine that does other work too, the fastest pass of all is what it costs alone.
            Say("median pass", Child.Median(ours.Select(o => o[0])), Child.Median(theirs.Select(t => t[0])));
            Say("fastest pass", ours.Max(o => o[1]), theirs.Max(t => t[1]));
        }
    }

    private static void Say(string what, double ours, double theirs) =>
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {what, -12} {ours, 5:F0} sentences/s   ONNX Runtime {theirs, 5:F0}   {ours / theirs:F2} of it"
            )
        );

    private static double[] Measure(string side, string path, int rows, int threads)
    {
        var random = new Random(1);
        long[] ids = [.. Enumerable.Range(0, rows * Length).Select(i => i % Length == 0 ? 101L : random.Next(1000, 30_000))];
        return side == "ours" ? Ours(ids, rows, threads) : Onnx(path, ids, rows, threads);
    }

    private static double[] Ours(long[] ids, int rows, int threads)
    {
        TorchRuntime.Threads = threads;
        var folder = new MiniLmModel().FindFolder();
        var config = ModelConfig.Load(folder).Keep(PackedWeight.On(CPU)); // As SentenceModel opens it.
        using var model = (Torch.Models.Encoder)LanguageModel.Load(folder, config);
        using var input = tensor(ids).view(rows, Length);
        return Rate(rows, () =>
        {
            using var ungraded = no_grad();
            using var scope = NewDisposeScope();
            model.Hidden(input);
        });
    }

    private static double[] Onnx(string path, long[] ids, int rows, int threads)
    {
        using var options = new SessionOptions { IntraOpNumThreads = threads };
        using var session = new InferenceSession(path, options);
        long[] shape = [rows, Length];
        using var input = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, ids.Length).ToArray(), shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape);
        using var run = new RunOptions();
        return Rate(rows, () =>
        {
            using var states = session.Run(
                run,
                ["input_ids", "attention_mask", "token_type_ids"],
                [input, mask, types],
                ["last_hidden_state"]
            );
        });
    }

    /// <summary>Sentences a second of the median and of the fastest pass, in two seconds behind a first half of one.</summary>
    private static double[] Rate(int rows, Action pass)
    {
        var times = new List<double>();
        for (var from = Stopwatch.StartNew(); from.ElapsedMilliseconds < 2500; )
        {
            var took = Child.Time(pass);
            if (from.ElapsedMilliseconds > 500)
                times.Add(took);
        }

        return [rows / Child.Median(times) * 1000, rows / times.Min() * 1000];
    }
}
