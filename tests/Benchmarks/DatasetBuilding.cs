using System.Diagnostics;
using System.Globalization;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tokenizers;

/// <summary>JSON Lines → records → stages → split → rendered → tokenised → packed, against tokenising the same texts alone, both on all cores.</summary>
internal static class DatasetBuilding
{
    private const int Copies = 60;

    public static void Run()
    {
        var desk = Path.GetFullPath("../../examples/LegalDesk", TaskCatalog.Default.ProjectDirectory);
        var tokenizer = Tokenizer.Load(Path.Combine(desk, "models/desk-base"));
        var folder = Directory.CreateTempSubdirectory("taskdsl-bench-");
        try
        {
            var file = Path.Combine(folder.FullName, "clauses.jsonl");
            var lines = File.ReadLines(Path.Combine(desk, "data/clauses.en.jsonl")).ToArray();
            File.WriteAllLines(file, Enumerable.Range(0, Copies).SelectMany(copy => lines.Select(line => line.Replace("{\"clause\": \"", $"{{\"clause\": \"No. {copy}: ", StringComparison.Ordinal))));
            var texts = Render(file);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{texts.Count} records, {new FileInfo(file).Length / 1e6:0.0} MB of JSON Lines, {Environment.ProcessorCount} cores"));
            var (alone, path) = (double.MaxValue, double.MaxValue);
            for (var round = 0; round < 7; round++)
            {
                var started = Stopwatch.GetTimestamp();
                var tokens = Tokenise(tokenizer, texts);
                alone = Math.Min(alone, Stopwatch.GetElapsedTime(started).TotalSeconds);
                started = Stopwatch.GetTimestamp();
                var packed = Build(tokenizer, file, folder.FullName);
                path = Math.Min(path, Stopwatch.GetElapsedTime(started).TotalSeconds);
                if (round == 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tokens} tokens alone, {packed.Tokens} packed into {packed.Rows} rows, {100 - 100.0 * packed.Tokens / ((double)packed.Rows * packed.Capacity):0.0} % padding"));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"tokenising alone {alone * 1e3:0} ms, the whole path {path * 1e3:0} ms: ratio {path / alone:0.00}"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static BatchReport Build(Tokenizer tokenizer, string file, string folder)
    {
        using var data = Clause.Build().FromJsonl(file).Deduplicate().ToDatasetAsync().GetAwaiter().GetResult();
        var cache = new TokenCache(Path.Combine(folder, Guid.NewGuid().ToString("n")));
        var sources = Enum.GetValues<SplitName>().Select(part => new CachedSource(new TaskSource { Prompt = ClausePrompt.Default, Examples = data[part], Demonstrations = new Demonstrations([], 0, 1), Tokenizer = tokenizer, Fingerprint = $"{data.Fingerprint} {part}" }, cache)).ToArray();
        var report = new TrainingStream(sources, new Batch { Rows = 8, SequenceLength = 512 }, tokenizer.Padding, 1).Measure(new Budget { Epochs = 1 });
        foreach (var source in sources) source.Dispose();
        return report;
    }

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
        Parallel.ForEach(texts, () => (Ids: new List<int>(), Count: 0L), (text, _, local) =>
        {
            local.Ids.Clear();
            tokenizer.Encode(text, special: true, local.Ids);
            return (local.Ids, local.Count + local.Ids.Count);
        }, local => Interlocked.Add(ref count, local.Count));
        return count;
    }
}
