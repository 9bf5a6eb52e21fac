using System.Globalization;

namespace TaskDsl.Benchmarks;

/// <summary>The most memory that a process takes to build a data set of so many short records, against one of a single record.</summary>
internal static class DataMemory
{
    public static void Run(string[] args)
    {
        if (args is ["build", var path])
        {
            var builder = Clause.Build().FromJsonl(path);
            var milliseconds = Child.Time(() =>
            {
                using var data = builder.ToDatasetAsync().GetAwaiter().GetResult();
                if (data.Report.Read != data.Report.Kept)
                    throw new InvalidOperationException("Records were lost.");
            });
            Child.Answer(Child.Megabytes("VmHWM"), milliseconds);
            return;
        }

        var count = args is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 10_000_000;
        var folder = Directory.CreateTempSubdirectory("taskdsl-bench-");
        try
        {
            var (large, small) = (Path.Combine(folder.FullName, "large.jsonl"), Path.Combine(folder.FullName, "small.jsonl"));
            File.WriteAllLines(large, Enumerable.Range(0, count).Select(Record));
            File.WriteAllText(small, Record(0));
            var (base1, _) = Two(Child.Run("data-memory", "build", small));
            var (peak, time) = Two(Child.Run("data-memory", "build", large));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count} records, {new FileInfo(large).Length / 1e6:0} MB: at most {peak:0} MB of memory ({base1:0} MB for one "
                        + $"record), {time / 1e3:0.0} s"
                )
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (double Peak, double Time) Two(double[] numbers) => (numbers[0], numbers[1]);

    /// <summary>A record of <see cref="Clause"/>.</summary>
    public static string Record(int i) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"clause": "The fee of invoice {{i}} falls due.", "type": "payment", "facts": [], "bearer": "client","""
                + $$""" "modality": "duty", "amount": {{i % 90}}, "unit": "day"}"""
        );
}
