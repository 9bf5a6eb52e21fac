using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Training;

namespace TaskDsl.Gpu.Steps;

/// <summary>
/// A run of a new model with dropout that is killed between two checkpoints and goes on, against one that was left alone: three processes.
/// </summary>
internal sealed class Resumption : Step
{
    private const int Killed = 128 + 9,
        KillAt = 7,
        Steps = 12;

    public override string Name => "resume";

    public override int Limit => 90;

    public override IReadOnlyList<Precision> Precisions => [Precision.BFloat16];

    public override IEnumerable<Finding> Run(Setting setting)
    {
        var folder = Directory.CreateTempSubdirectory("taskdsl-gpu-check-").FullName;
        try
        {
            yield return Of(folder, setting);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The child: trains in a folder, or goes on with the run there, and kills itself behind a step where it is told to.</summary>
    public static async Task<int> TrainAsync(string folder, int? killAt, Options options)
    {
        TorchRuntime.Deterministic = true; // What a card adds in any order is not the same twice, killed or not.
        var recipe = new Recipe
        {
            Name = "run",
            Model = new NewDecoder
            {
                VocabularySize = 300,
                HiddenSize = 64,
                Layers = 2,
                Heads = 2,
                KeyValueHeads = 1,
                MaxPositions = 64,
            },
            Corpus = ["*.txt"],
            Objective = new CausalLm(),
            Batch = new Batch { Rows = 4, SequenceLength = 48 },
            Budget = new Budget { Steps = Steps },
            Checkpoints = new CheckpointPlan { Every = 3 },
            Dropout = 0.1,
            Precision = options.Precision ?? Precision.Float32,
            Device = options.Device,
        };
        using var run = await recipe.RunAsync(
            new RunOptions
            {
                ProjectDirectory = folder,
                Evaluate = false,
                Resume = File.Exists(Path.Combine(folder, "runs", "run", "run.json")),
            },
            new KilledAt(killAt)
        );
        return 0;
    }

    private static Finding Of(string folder, Setting setting)
    {
        var (whole, killed) = (Path.Combine(folder, "whole"), Path.Combine(folder, "killed"));
        foreach (var project in (string[])[whole, killed])
        {
            Directory.CreateDirectory(project);
            File.WriteAllText(
                Path.Combine(project, "corpus.txt"),
                string.Join("\n\n", Enumerable.Range(0, 60).Select(i => $"The tenant of flat {i} pays {i * 37 % 900} on day {i % 28 + 1}."))
            );
        }

        Expect(0, Child(setting, whole));
        Expect(Killed, Child(setting, killed, KillAt.ToString(CultureInfo.InvariantCulture)));
        Expect(0, Child(setting, killed));
        var (expected, actual) = (Losses(whole), Losses(killed));
        var difference = expected.Count == actual.Count ? expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() : double.PositiveInfinity;
        var same = new[] { "metrics.jsonl", "best/model.safetensors" }.All(file =>
            File.ReadAllBytes(Path.Combine(whole, "runs/run", file))
                .AsSpan()
                .SequenceEqual(File.ReadAllBytes(Path.Combine(killed, "runs/run", file)))
        );
        var finding = new Finding()
            .With("steps", actual.Count)
            .With("killed_at", KillAt)
            .With("same_bytes", same ? "yes" : "no")
            // Losses are about 5, and the run is the same: a card whose attention adds in any order may differ in the last places.
            .Within("losses", difference, 1e-3);
        // A processor computes the same bits each time; a card's flash attention has no order of its own to be told.
        return same || setting.Device.type != TorchSharp.DeviceType.CPU ? finding : finding.Not("the resumed run ends with other bytes");
    }

    private static (int Code, string Errors) Child(Setting setting, string folder, params string[] killAt)
    {
        string[] arguments =
        [
            "train",
            folder,
            .. killAt,
            "--device",
            setting.Device.ToString(),
            "--precision",
            setting.Precision.ToString(),
        ];
        var program = Environment.ProcessPath!;
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            arguments = [typeof(Resumption).Assembly.Location, .. arguments];
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }

    private static void Expect(int code, (int Code, string Errors) child)
    {
        if (child.Code != code)
            throw new InvalidOperationException($"A run ended with {child.Code}, expected {code}: {child.Errors}");
    }

    private static List<double> Losses(string project) =>
        [
            .. File.ReadLines(Path.Combine(project, "runs/run/metrics.jsonl"))
                .Select(line => JsonNode.Parse(line)!["loss"])
                .OfType<JsonNode>()
                .Select(loss => loss.GetValue<double>()),
        ];

    private sealed class KilledAt(int? step) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Phase == RunPhase.Training && value.Step == step)
                Process.GetCurrentProcess().Kill();
        }
    }
}
