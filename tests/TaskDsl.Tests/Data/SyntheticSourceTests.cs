using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Vocabulary;

namespace TaskDsl.Tests.Data;

/// <summary>Records that no file holds are read like those of files.</summary>
public sealed class SyntheticSourceTests
{
    [Fact]
    public async Task Records_are_a_function_of_properties_and_number()
    {
        var data = await ReadAsync(new Counted { Count = 40, Seed = 3 });
        Assert.Equal((40, 40), (data.Report.Read, data.Report.Kept));
        var all = All(data).OrderBy(e => e.Origin.Line).ToList();
        Assert.Equal([.. Enumerable.Range(0, 40).Select(i => $"3 {i} x")], all.Select(e => e.Input.Text));
        Assert.All(all, e => Assert.Equal("counted count=40 seed=3 what=x", e.Origin.File));

        // A smaller count is the beginning.
        var fewer = await ReadAsync(new Counted { Count = 7, Seed = 3 });
        Assert.Equal(all.Take(7).Select(e => e.Input), All(fewer).OrderBy(e => e.Origin.Line).Select(e => e.Input));
    }

    [Fact]
    public async Task Two_of_a_kind_are_told_apart_and_parts_are_whole()
    {
        var data = await ReadAsync(
            new Counted { Count = 5, Split = SplitName.Train },
            new Counted
            {
                Count = 5,
                What = "y",
                Split = SplitName.Test,
            }
        );
        Assert.Equal((5, 0, 5), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(["counted count=5 seed=1 what=x", "counted count=5 seed=1 what=y"], All(data).Select(e => e.Origin.File).Distinct());
        Assert.Empty(data.Report.Notices);
    }

    [Fact]
    public async Task What_does_not_fit_has_its_place()
    {
        var error = await Assert.ThrowsAsync<DataException>(() => ReadAsync(new Counted { Count = 5, Mood = "goood" }));
        Assert.StartsWith("counted count=5 mood=goood seed=1 what=x(1): error: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'good'", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<WordException>(() => ReadAsync(new Counted { Count = 0 }));
    }

    private static Task<Dataset<Note.Example>> ReadAsync(params IReadOnlyList<DataSource> sources) =>
        Note.Build().From(sources).ToDatasetAsync(new DataOptions { ProjectDirectory = Path.GetTempPath() });

    private static IEnumerable<Note.Example> All(Dataset<Note.Example> data) => data.Train.Concat(data.Validation).Concat(data.Test);

    [Keyword("counted")]
    private sealed record Counted : SyntheticSource
    {
        public string What { get; init; } = "x";

        public string? Mood { get; init; }

        public override JsonObject Record(int number) => new() { ["text"] = $"{Seed} {number} {What}", ["mood"] = Mood ?? "good" };
    }
}
