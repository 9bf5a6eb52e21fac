using TaskDsl.Data;

namespace TaskDsl.Tests.Data;

/// <summary>Runs when no other test does: the memory that it looks at is the process's.</summary>
[CollectionDefinition(nameof(DatasetMemoryTests), DisableParallelization = true)]
[Collection(nameof(DatasetMemoryTests))]
public sealed class DatasetMemoryTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-memory-").FullName;

    private DataOptions Options => new() { ProjectDirectory = folder };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_a_data_set_holds_in_memory_does_not_grow_with_it()
    {
        File.WriteAllText(Path.Combine(folder, "warm.jsonl"), """{"text":"a","mood":"good"}""");
        (await Note.Build().FromJsonl("warm.jsonl").ToDatasetAsync(Options)).Dispose();
        File.WriteAllLines(
            Path.Combine(folder, "a.jsonl"),
            Enumerable.Range(0, 200_000).Select(i => $$"""{"text":"the text of record {{i}}","mood":"good"}""")
        );
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var data = await Note.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4_000_000);
        Assert.Equal(200_000, data.Report.Kept);
    }
}
