using System.Globalization;
using System.Text.Json;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>
/// The training step against the same model, weights, tokens and AdamW in <see cref="PyTorch"/>; processes in turns, each its fastest step.
/// </summary>
internal static class PyTorchStep
{
    private const int Rows = 8,
        Length = 256,
        Steps = 5;
    private static readonly ModelConfig Config = new NewDecoder
    {
        HiddenSize = 384,
        Layers = 6,
        Heads = 6,
        FeedForwardSize = 1024,
        Tied = true,
    }.Config(8192, 1, 0);

    /// <param name="args">Processes of each (3), or what one process is to do.</param>
    public static void Run(string[] args)
    {
        if (args is ["one", var model, var file])
        {
            One(model, file);
            return;
        }

        if (!PyTorch.IsThere)
            return;

        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
        var folder = Directory.CreateTempSubdirectory("pytorch-step").FullName;
        try
        {
            using (var decoder = Decoder.Create(Config, 1))
                decoder.Save(folder);
            var random = new Random(1);
            var tokens = Path.Combine(folder, "tokens.json");
            File.WriteAllText(
                tokens,
                JsonSerializer.Serialize(
                    Enumerable
                        .Range(0, Rows)
                        .Select(_ => Enumerable.Range(0, Length).Select(_ => random.Next(Config.VocabularySize)).ToArray())
                )
            );
            var (ours, theirs) = (new List<double[]>(), new List<double[]>());
            var version = "";
            for (var round = 0; round < rounds; round++)
            {
                ours.Add(Child.Run("pytorch-step", "one", folder, tokens));
                var lines = PyTorch.Run(
                    "pytorch_step.py",
                    folder,
                    tokens,
                    Steps.ToString(CultureInfo.InvariantCulture),
                    TorchRuntime.Threads.ToString(CultureInfo.InvariantCulture)
                );
                version = lines[^2].Split(' ')[0];
                theirs.Add([.. lines[^1].Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))]);
            }

            var (step, other) = (Child.Median(ours.Select(n => n[0])), Child.Median(theirs.Select(n => n[0])));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"float32, {Rows} rows of {Length} tokens, {TorchRuntime.Threads} threads: {step:F0} ms, PyTorch "
                        + $"{version} {other:F0} ms: {other / step:F2} times as fast"
                )
            );
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"losses of the first {Steps} steps: "
                        + $"{string.Join(' ', ours[0][1..].Select(l => l.ToString("F5", CultureInfo.InvariantCulture)))} and "
                        + $"{string.Join(' ', theirs[0][1..].Select(l => l.ToString("F5", CultureInfo.InvariantCulture)))}"
                )
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void One(string model, string file)
    {
        using var decoder = Decoder.Load(model);
        using var tuned = new Full().Start(decoder, 1);
        var adamw = new AdamW { LearningRate = 1e-4 };
        using var parameters = adamw.Flatten(tuned);
        using var optimizer = adamw.Start(parameters);
        var batch = new TokenBatch(
            [
                .. JsonSerializer
                    .Deserialize<int[][]>(File.ReadAllText(file))!
                    .Select(ids => new[] { new TokenSequence(ids, new bool[ids.Length], default) }),
            ],
            0
        );
        var losses = new List<double>();
        var times = Enumerable
            .Range(0, Steps)
            .Select(_ =>
                Child.Time(() =>
                {
                    using var scope = NewDisposeScope();
                    parameters.ClearGradients();
                    var loss = new CausalLm().Loss(decoder, batch);
                    Gradients.Backward(loss.Sum);
                    parameters.Normalise(loss.Count, 1);
                    optimizer.Step(1);
                    losses.Add(loss.Sum.ToDouble() / loss.Count);
                })
            )
            .ToArray();
        Child.Answer([times.Min(), .. losses]);
    }
}
