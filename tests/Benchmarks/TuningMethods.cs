using System.Globalization;
using System.Text.Json.Nodes;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Weights;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Tests.Objectives;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>What every tuning method trains, holds and takes on the same decoder, each in processes of its own, in turns.</summary>
internal static class TuningMethods
{
    private const int Rows = 8,
        Length = 128,
        Steps = 4;

    private const string OnFewBits = ", weights: nf4";

    // Built like GPT-2: all of its maps have biases, so that every method fits.
    private static readonly ModelConfig Config = ModelConfig.Parse(
        new JsonObject
        {
            ["model_type"] = "gpt2",
            ["n_embd"] = 512,
            ["n_layer"] = 6,
            ["n_head"] = 8,
            ["n_positions"] = 1024,
            ["vocab_size"] = 8192,
        }
    );

    // Every word as it is, and some in other settings. The first trains every weight.
    private static readonly (string Word, TuningMethod Tuning)[] Methods =
    [
        .. Words
            .Loaded.Choices(typeof(TuningMethod))
            .Where(choice => choice.Type != typeof(Combined) && choice.Type != typeof(Partial)) // They are nothing without settings.
            .OrderByDescending(choice => choice.Type == typeof(Full))
            .Select(choice => (choice.Word, (TuningMethod)Words.Default(choice.Type))),
        ("partial: {layers: [-1]}", new Partial { Layers = [-1] }),
        ("lora: {rslora: true}", new Lora { Rslora = true }),
        ("lora: {dora: true}", new Lora { Dora = true }),
        ("lora: {b_rate: 16}", new Lora { BRate = 16 }),
        ("lora" + OnFewBits, new Lora()),
        ("lora: {dora: true}" + OnFewBits, new Lora { Dora = true }),
        ("lora: {start: pissa}", new Lora { Start = LoraStart.Pissa }),
        ("bottleneck: {place: houlsby}", new Bottleneck { Place = BottleneckPlace.Houlsby }),
        ("bottleneck: {place: parallel}", new Bottleneck { Place = BottleneckPlace.Parallel }),
        ("bottleneck: {place: parallel, scale: 4}", new Bottleneck { Place = BottleneckPlace.Parallel, Scale = 4 }),
    ];

    /// <param name="args">
    /// Rounds (3), and the words of the methods, as the table has them (all); or <c>one</c> and the word of a method, which this process
    /// measures: numbers trained, most memory in MB, milliseconds a step.
    /// </param>
    public static void Run(string[] args)
    {
        if (args is ["one", var method])
            One(Find(method));
        else
            Compare(
                args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3,
                [Methods[0], .. args.Length > 1 ? args[1..].Select(Find).Except(Methods[..1]) : Methods[1..]]
            );
    }

    private static (string Word, TuningMethod Tuning) Find(string word) =>
        Methods.FirstOrDefault(method => method.Word == word) is { Word: not null } found
            ? found
            : throw new ArgumentException($"There is no '{word}'; there are {string.Join("; ", Methods.Select(method => method.Word))}.");

    /// <param name="rounds">How often each is measured.</param>
    /// <param name="methods">The methods; the first trains every weight.</param>
    private static void Compare(int rounds, (string Word, TuningMethod Tuning)[] methods)
    {
        var measured = methods.Select(_ => new List<double[]>()).ToArray();
        for (var round = 0; round < rounds; round++)
        for (var i = 0; i < methods.Length; i++)
            measured[i].Add(Child.Run("tuning-methods", "one", methods[i].Word));
        var all = measured[0][0][0];
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"gpt2 of {all / 1e6:F1} M parameters, {Rows} rows of {Length} tokens, float32, {TorchRuntime.Threads} threads; the "
                    + $"fastest of {Steps} steps in each of {rounds} processes"
            )
        );
        Console.WriteLine("| tuning | trained | of all | gradients and moments | most memory | step | of full |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        var full = measured[0].Min(m => m[2]);
        foreach (var ((word, _), numbers) in methods.Zip(measured))
        {
            var trained = numbers[0][0];
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| `{word}` | {trained:N0} | {trained / all:P2} | {12 * trained / 1e6:F1} MB | "
                        + $"{Child.Median(numbers.Select(n => n[1])):F0} MB | {numbers.Min(n => n[2]):F0} ms | "
                        + $"{numbers.Min(n => n[2]) / full:F2} |"
                )
            );
        }
    }

    private static void One((string Word, TuningMethod Tuning) method)
    {
        using var decoder = Decoder.Create(Config.Keep(method.Word.EndsWith(OnFewBits, StringComparison.Ordinal) ? new Nf4() : null), 1);
        using var tuned = method.Tuning.Start(decoder, 1);
        var adamw = new AdamW { LearningRate = 1e-4 };
        using var parameters = adamw.Flatten(tuned);
        using var optimizer = adamw.Start(parameters);
        var batch = Batch();
        var times = Enumerable.Range(0, Steps + 1).Select(_ => Child.Time(() => Step(decoder, parameters, optimizer, batch))).ToArray();
        Child.Answer(parameters.Count, Child.Megabytes("VmHWM"), times[1..].Min());
    }

    private static void Step(Decoder decoder, FlatParameters parameters, OptimizerRun optimizer, TokenBatch batch)
    {
        using var scope = NewDisposeScope();
        parameters.ClearGradients();
        var loss = new CausalLm().Loss(decoder, batch);
        Gradients.Backward(loss.Sum);
        parameters.Normalise(loss.Count, 1);
        optimizer.Step(1);
    }

    private static TokenBatch Batch()
    {
        var random = new Random(1);
        return new TokenBatch(
            [
                .. Enumerable
                    .Range(0, Rows)
                    .Select(_ =>
                        new[]
                        {
                            new TokenSequence(
                                [.. Enumerable.Range(0, Length).Select(_ => random.Next(Config.VocabularySize))],
                                [.. Enumerable.Repeat(true, Length)],
                                default
                            ),
                        }
                    ),
            ],
            0
        );
    }
}
