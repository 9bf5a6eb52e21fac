using System.Globalization;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>
/// Greedy decoding with the cache of keys and values against computing every token again, in turns; both write the same tokens.
/// </summary>
internal static class Decoding
{
    private const int Prompt = 128,
        Written = 64;

    private static readonly ModelConfig Config = new NewDecoder
    {
        HiddenSize = 512,
        Layers = 6,
        Heads = 8,
        FeedForwardSize = 1408,
        Tied = true,
    }.Config(8192, 1, 0);

    /// <param name="args">Rounds (3) and threads (all).</param>
    public static void Run(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
        if (args.Length > 1)
            TorchRuntime.Threads = int.Parse(args[1], CultureInfo.InvariantCulture);
        TorchRuntime.Initialize(); // Before TorchSharp looks for a libtorch by itself, and finds the system's.
        using var ungraded = no_grad();
        using var decoder = Decoder.Create(Config, 1);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{decoder.Parameters.Values.Sum(p => p.numel()) / 1e6:F1} M parameters, prompts of {Prompt} tokens, {Written} "
                    + $"written, {TorchRuntime.Threads} threads, the fastest of {rounds}"
            )
        );
        Console.WriteLine("| rows | with the cache | computing again | ratio |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var rows in (ReadOnlySpan<int>)[1, 8])
        {
            using var prompt = randint(Config.VocabularySize, [rows, Prompt], dtype: ScalarType.Int64);
            var (cached, again) = (new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                long[] with = [],
                    without = [];
                cached.Add(Child.Time(() => with = Write(decoder, prompt, cache: true)));
                again.Add(Child.Time(() => without = Write(decoder, prompt, cache: false)));
                if (!with.SequenceEqual(without))
                    throw new InvalidOperationException("The cache changed what was written.");
            }

            var tokens = rows * Written * 1000.0;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {rows} | {tokens / cached.Min():F0} tokens/s | {tokens / again.Min():F0} tokens/s | "
                        + $"{again.Min() / cached.Min():F1} |"
                )
            );
        }
    }

    private static long[] Write(Decoder decoder, Tensor prompt, bool cache)
    {
        using var scope = NewDisposeScope();
        using var kept = cache ? new KvCache(Prompt + Written) : null;
        var (ids, input) = (prompt.alias(), prompt.alias());
        for (var i = 0; i < Written; i++)
        {
            using var step = NewDisposeScope();
            var hidden = decoder.Hidden(input, cache: kept);
            var next = decoder.Logits(hidden.select(1, hidden.size(1) - 1)).argmax(1).unsqueeze(1);
            ids = cat([ids, next], 1).MoveToOuterDisposeScope();
            input = cache ? next.MoveToOuterDisposeScope() : ids;
        }

        return ids.flatten().data<long>().ToArray();
    }
}
