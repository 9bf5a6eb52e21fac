using System.Diagnostics;
using System.Globalization;
using TaskDsl.Data;
using TaskDsl.HuggingFace.Tokenizers;
using TaskDsl.Prompts;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Cache;
using TaskDsl.Torch.Batches.Sources;

/// <summary>
/// JSON Lines → records → stages → split → rendered → tokenised → on disk → packed, against tokenising the same texts alone, both on all
/// cores; and against reading and tokenising them under Node.
/// </summary>
internal static class DatasetBuilding
{
    private const int Copies = 60;

    public static void Run()
    {
        var desk = Path.GetFullPath("../../examples/LegalDesk", TaskCatalog.Default.ProjectDirectory);
        var model = Path.Combine(desk, "models/desk-base");
        var tokenizer = Tokenizer.Load(model);
        var folder = Directory.CreateTempSubdirectory("taskdsl-bench-");
        try
        {
            var file = Path.Combine(folder.FullName, "clauses.jsonl");
            var lines = File.ReadLines(Path.Combine(desk, "data/clauses.en.jsonl")).ToArray();
            File.WriteAllLines(
                file,
                Enumerable
                    .Range(0, Copies)
                    .SelectMany(copy =>
                        lines.Select(line => line.Replace("{\"clause\": \"", $"{{\"clause\": \"No. {copy}: ", StringComparison.Ordinal))
                    )
            );
            var texts = Render(file);
            Say($"{texts.Count} records, {new FileInfo(file).Length / 1e6:0.0} MB of JSON Lines, {Environment.ProcessorCount} cores");
            double alone = double.MaxValue,
                again = double.MaxValue;
            double[] path = [double.MaxValue];
            for (var round = 0; round < 7; round++)
            {
                var started = Stopwatch.GetTimestamp();
                var tokens = Tokenise(tokenizer, texts);
                alone = Math.Min(alone, Stopwatch.GetElapsedTime(started).TotalSeconds);
                var cache = new TokenCache(Path.Combine(folder.FullName, "tokens", $"{round}"));
                var packed = Build(tokenizer, file, cache, out var times);
                if (times.Sum() < path.Sum())
                    path = times;
                Build(tokenizer, file, cache, out times);
                again = Math.Min(again, times.Sum());
                Directory.Delete(Path.Combine(folder.FullName, "tokens"), recursive: true);
                if (round == 0)
                    Say($"{tokens} tokens alone, {packed.Tokens} packed into {packed.Rows} rows, {100 - 100 * packed.Fill:0.0} % padding");
            }

            Say($"tokenising alone {alone * 1e3:0} ms, the whole path {path.Sum() * 1e3:0} ms: ratio {path.Sum() / alone:0.00}");
            Say($"  of it records {path[0] * 1e3:0} ms, tokens {path[1] * 1e3:0} ms, rows {path[2] * 1e3:0} ms");
            Say($"  with the tokens there already {again * 1e3:0} ms in all");
            if (NodeTokenizing.Run(model, texts, folder.FullName, rounds: 3) is var (count, seconds))
                Say(
                    $"Node reads and tokenises {count} tokens in {seconds * 1e3:0} ms on one thread: {seconds / path.Sum():0.0} times that"
                );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static BatchReport Build(Tokenizer tokenizer, string file, TokenCache cache, out double[] times)
    {
        long[] at = [Stopwatch.GetTimestamp(), 0, 0, 0];
        using var data = Clause.Build().FromJsonl(file).Deduplicate().ToDatasetAsync().GetAwaiter().GetResult();
        at[1] = Stopwatch.GetTimestamp();
        var sources = Enum.GetValues<SplitName>()
            .Select(part => new CachedSource(
                new TaskSource
                {
                    Prompt = ClausePrompt.Default,
                    Examples = data[part],
                    Demonstrations = new Demonstrations([], new DemonstrationPlan(), 1),
                    Tokenizer = tokenizer,
                    Fingerprint = $"{data.Fingerprint} {part}",
                },
                cache
            ))
            .ToArray();
        foreach (var source in sources)
            _ = source.Measure(0, 0);
        at[2] = Stopwatch.GetTimestamp();
        var report = new TrainingStream(sources, new Batch { Rows = 8, SequenceLength = 512 }, tokenizer.Padding, 1).Measure(
            new Budget { Epochs = 1 }
        );
        at[3] = Stopwatch.GetTimestamp();
        foreach (var source in sources)
            source.Dispose();
        times = [.. Enumerable.Range(0, 3).Select(i => Stopwatch.GetElapsedTime(at[i], at[i + 1]).TotalSeconds)];
        return report;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static List<byte[]> Render(string file)
    {
        using var buffer = new PromptBuffer();
        var data = Clause.Build().FromJsonl(file).ToDatasetAsync().GetAwaiter().GetResult();
        var texts = new List<byte[]>();
        foreach (var example in data.Train.Concat(data.Validation).Concat(data.Test))
        {
            buffer.Clear();
            ClausePrompt.Default.Render(buffer, example.InputValue, example.OutputValue, example.Language);
            texts.Add(buffer.Utf8.ToArray());
        }

        return texts;
    }

    private static long Tokenise(Tokenizer tokenizer, List<byte[]> texts)
    {
        long count = 0;
        Parallel.ForEach(
            texts,
            () => (Ids: new List<int>(), Count: 0L),
            (text, _, local) =>
            {
                local.Ids.Clear();
                tokenizer.Encode(text, special: true, local.Ids);
                return (local.Ids, local.Count + local.Ids.Count);
            },
            local => Interlocked.Add(ref count, local.Count)
        );
        return count;
    }
}
