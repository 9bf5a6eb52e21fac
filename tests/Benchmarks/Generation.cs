using System.Globalization;
using System.Text.Json;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening;

namespace TaskDsl.Benchmarks;

/// <summary>
/// Greedy answers to many prompts: in batches of neighbours by length, as a step that generates does it, against one by one, and against
/// the same batches written in plain <see cref="PyTorch"/>; processes in turns.
/// </summary>
internal static class Generation
{
    private const int Prompts = 128,
        Shortest = 16,
        Longest = 160,
        Written = 32,
        Rows = 32;

    private static readonly ModelConfig Config = new NewDecoder
    {
        HiddenSize = 512,
        Layers = 6,
        Heads = 8,
        FeedForwardSize = 1408,
        Tied = true,
    }.Config(8192, 1, 0);

    /// <param name="args">Processes of each (3), or what one process is to do.</param>
    public static void Run(string[] args)
    {
        if (args is ["one", var model, var asked, var perBatch, var into])
        {
            One(model, asked, int.Parse(perBatch, CultureInfo.InvariantCulture), into);
            return;
        }

        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 3;
        var isThere = PyTorch.IsThere;
        var folder = Directory.CreateTempSubdirectory("generation").FullName;
        try
        {
            using (var decoder = Decoder.Create(Config, 1))
                decoder.Save(folder);
            var random = new Random(1);
            var file = Path.Combine(folder, "prompts.json");
            var prompts = Enumerable
                .Range(0, Prompts)
                .Select(_ =>
                    Enumerable.Range(0, random.Next(Shortest, Longest + 1)).Select(_ => random.Next(Config.VocabularySize)).ToArray()
                );
            File.WriteAllText(file, JsonSerializer.Serialize(prompts));
            var (batched, single, theirs) = (new List<double>(), new List<double>(), new List<double>());
            var (ours, alone, other) = (Answers("ours"), Answers("alone"), Answers("other"));
            var version = "";
            for (var round = 0; round < rounds; round++)
            {
                batched.Add(Child.Run("generation", "one", folder, file, $"{Rows}", ours)[0]);
                single.Add(Child.Run("generation", "one", folder, file, "1", alone)[0]);
                if (!isThere)
                    continue;
                var line = PyTorch.Run("pytorch_generation.py", folder, file, $"{Written}", $"{Rows}", $"{TorchRuntime.Threads}", other)[
                    ^1
                ];
                version = line.Split(' ')[0];
                theirs.Add(double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
            }

            Say($"batches of {Rows}, sorted by length", batched, ours);
            Say("one by one", single, alone);
            if (isThere)
                Say($"batches of {Rows}, sorted by length, PyTorch {version}", theirs, other);

            string Answers(string of) => Path.Combine(folder, $"{of}.json");

            void Say(string how, List<double> times, string answers) =>
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{how}: {Prompts * Written * 1000 / Child.Median(times):F0} tokens/s, "
                            + $"{Child.Median(times) / Child.Median(batched):F2} times the time, "
                            + $"{Same(ours, answers):P1} of the answers the same, {TorchRuntime.Threads} threads"
                    )
                );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Same(string one, string other) => Read(one).Zip(Read(other), (a, b) => a.SequenceEqual(b) ? 1.0 : 0).Average();

    private static int[][] Read(string file) => JsonSerializer.Deserialize<int[][]>(File.ReadAllText(file))!;

    private static void One(string model, string file, int rows, string into)
    {
        using var decoder = Decoder.Load(model);
        var prompts = Read(file);
        _ = Answer([.. prompts.Take(2)]); // What is made once.
        var answers = new int[prompts.Length][];
        var time = Child.Time(() =>
        {
            foreach (var part in prompts.Index().OrderBy(p => p.Item.Length).Chunk(rows))
            foreach (var (prompt, answer) in part.Zip(Answer([.. part.Select(p => p.Item)])))
                answers[prompt.Index] = answer;
        });
        File.WriteAllText(into, JsonSerializer.Serialize(answers));
        Child.Answer(time);

        int[][] Answer(int[][] asked)
        {
            var buffer = new ContinuationBuffer();
            TokenByTokenRun[] runs =
            [
                .. asked.Select(prompt =>
                    TokenByTokenRun.Greedy(
                        new DecodingRequest(buffer, () => [], 1)
                        {
                            TaskName = "generation",
                            Prompt = prompt,
                            Nothing = [],
                            End = -1, // No token ends it.
                            EndOfText = -1,
                            Limit = Written,
                        }
                    )
                ),
            ];
            DecodingBatch.Run(new Plain(decoder), decoder, runs, CancellationToken.None);
            return [.. runs.Select(run => run.Completions[0].Completion.Tokens.ToArray())];
        }
    }

    /// <summary>A decoder without a tokenizer.</summary>
    private sealed class Plain(Decoder decoder) : LogitSource
    {
        public override LogitSourceRun Start(IReadOnlyList<int[]> contexts, int limit) => new DecoderLogits(decoder, contexts, limit, 0);
    }
}
