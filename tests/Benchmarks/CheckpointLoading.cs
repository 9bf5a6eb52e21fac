using System.Globalization;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Opening;
using static TorchSharp.torch;

namespace TaskDsl.Benchmarks;

/// <summary>
/// Loading a checkpoint against reading its file once, both from the page cache. Weights in float32 are the mapped file itself, so that
/// loading reads next to nothing of them; the first use does, and is measured, too.
/// </summary>
internal static class CheckpointLoading
{
    private static readonly NewDecoder Shape = new()
    {
        HiddenSize = 768,
        Layers = 12,
        Heads = 12,
        FeedForwardSize = 2048,
        Tied = true,
    };

    /// <param name="args">Rounds (5); or the part that a child process does.</param>
    public static void Run(string[] args)
    {
        switch (args)
        {
            case ["make", var folder, var type]:
                using (var model = Decoder.Create((Shape with { StoredAs = Enum.Parse<WeightType>(type) }).Config(50_000, 1, 0), 1))
                    model.Save(folder);
                Child.Answer(new FileInfo(Path.Combine(folder, "model.safetensors")).Length / 1e6);
                break;
            case ["read", var folder]:
                Child.Answer(Child.Time(() => Read(Path.Combine(folder, "model.safetensors"))));
                break;
            case ["load", var folder]:
                Load(folder);
                break;
            default:
                Compare(args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5);
                break;
        }
    }

    private static void Compare(int rounds)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"medians of {rounds}, a process each"));
        Console.WriteLine(
            "| stored as | file | read once | load | load and use every weight | of reading | most memory, of the float32 weights |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var type in new[] { WeightType.Float32, WeightType.BFloat16 })
        {
            var folder = Directory.CreateTempSubdirectory("taskdsl-bench-");
            try
            {
                var size = Child.Run("checkpoint-loading", "make", folder.FullName, type.ToString())[0];
                var (reads, loads) = (new List<double>(), new List<double[]>());
                for (var round = -1; round < rounds; round++)
                {
                    var read = Child.Run("checkpoint-loading", "read", folder.FullName)[0];
                    var load = Child.Run("checkpoint-loading", "load", folder.FullName);
                    if (round < 0)
                        continue; // That one warmed the cache.
                    reads.Add(read);
                    loads.Add(load);
                }

                var (once, whole) = (Child.Median(reads), Child.Median(loads.Select(l => l[1])));
                var floats = type == WeightType.Float32 ? size : 2 * size;
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {type.ToString().ToLowerInvariant()} | {size:F0} MB | {once:F0} ms | "
                            + $"{Child.Median(loads.Select(l => l[0])):F0} ms | {whole:F0} ms | {whole / once:F1} times | "
                            + $"{Child.Median(loads.Select(l => l[2])):F0} MB, {Child.Median(loads.Select(l => l[2])) / floats:F2} times |"
                    )
                );
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private static void Load(string folder)
    {
        TorchRuntime.Initialize();
        var before = Child.Megabytes("VmHWM");
        LanguageModel? model = null;
        var load = Child.Time(() => model = LanguageModel.Load(folder));
        var use = Child.Time(() =>
        {
            using var ungraded = no_grad();
            foreach (var weight in model!.Parameters.Values)
            {
                using var sum = weight.sum();
            }
        });
        Child.Answer(load, load + use, Child.Megabytes("VmHWM") - before);
        model!.Dispose();
    }

    private static void Read(string path)
    {
        var buffer = new byte[1 << 20];
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        for (long at = 0, got; (got = RandomAccess.Read(file, buffer, at)) > 0; )
            at += got;
    }
}
