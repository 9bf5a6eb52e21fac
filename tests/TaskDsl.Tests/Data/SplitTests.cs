using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Data.Splits;
using TaskDsl.Data.Stages;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Data;

/// <summary>Each way to divide keeps its promise.</summary>
public sealed class SplitTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-splits-").FullName;

    private DataOptions Options => new() { ProjectDirectory = folder };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Strata_have_their_shares_to_one_example_and_so_have_all_together()
    {
        // 7 values, from 1 example to 700.
        var split = new Stratified
        {
            By = TextExpression.Of((Note.Example e) => e.Input.Text.Split(' ')[0]),
            Test = 0.2,
            Validation = 0.1,
        };
        var rows = new[] { 1, 2, 3, 10, 33, 100, 700 }
            .SelectMany((count, value) => Enumerable.Range(0, count).Select(i => $"v{value} {i}"))
            .ToList();
        var parts = await Divide(split, rows);
        foreach (var stratum in rows.GroupBy(r => r.Split(' ')[0]))
        {
            Assert.InRange(stratum.Count(r => parts[r] == SplitName.Test) - 0.2 * stratum.Count(), -1, 1);
            Assert.InRange(stratum.Count(r => parts[r] == SplitName.Validation) - 0.1 * stratum.Count(), -1, 1);
        }

        Assert.InRange(parts.Values.Count(p => p == SplitName.Test) - 0.2 * rows.Count, -1, 1);
        Assert.InRange(parts.Values.Count(p => p == SplitName.Validation) - 0.1 * rows.Count, -1, 1);

        // Whatever the order, and another by another seed.
        Assert.Equal(
            parts.OrderBy(p => p.Key, StringComparer.Ordinal),
            (await Divide(split, rows.AsEnumerable().Reverse())).OrderBy(p => p.Key, StringComparer.Ordinal)
        );
        Assert.NotEqual(
            parts.OrderBy(p => p.Key, StringComparer.Ordinal),
            (await Divide(split with { Seed = 1 }, rows)).OrderBy(p => p.Key, StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Equal_inputs_of_a_stratum_stay_together_and_what_the_source_says_stays()
    {
        var split = new Stratified
        {
            By = TextExpression.Of((Note.Example _) => "all"),
            Test = 0.5,
            Validation = 0,
        };
        var examples = Enumerable
            .Range(0, 400)
            .Select(i =>
                Example($"t{i % 40}") with
                {
                    Origin = new RecordOrigin("a", i) { Split = i == 399 ? SplitName.Validation : null },
                }
            )
            .ToList();
        var divided = await Collect(split.DivideAsync(examples.ToAsyncEnumerable(), Context(), default));
        Assert.All(divided.Where(e => e.Origin.Line != 399).GroupBy(e => e.Input.Text), same =>
            Assert.Single(same.Select(e => e.Origin.Split).Distinct())
        );
        Assert.Equal(SplitName.Validation, divided[399].Origin.Split);
        Assert.InRange(divided.Count(e => e.Origin.Split == SplitName.Test), 190, 210);
    }

    [Theory, InlineData(1), InlineData(4)]
    public async Task A_group_falls_into_one_part(int threads)
    {
        File.WriteAllLines(
            Path.Combine(folder, "a.jsonl"),
            Enumerable
                .Range(0, 2000)
                .Select(i =>
                    JsonSerializer.Serialize(
                        new
                        {
                            text = $"t{i}",
                            doc = i / 10,
                            kind = "a",
                        }
                    )
                )
        );
        File.WriteAllLines(Path.Combine(folder, "b.csv"), ["doc,text,kind", .. Enumerable.Range(0, 500).Select(i => $"{i / 10},u{i},b")]);
        using var data = await Document
            .Build()
            .From(new JsonLines { Path = "a.jsonl", Group = "doc" }, new Csv { Path = "b.csv", Group = "doc" })
            .Deduplicate()
            .With(new Shuffle())
            .ToDatasetAsync(Options with { Threads = threads });
        var parts = new[] { data.Train, data.Validation, data.Test };
        Assert.All(parts.SelectMany((part, i) => part.Select(e => (e.Origin.Group, Part: i))).GroupBy(e => e.Group), group =>
            Assert.Single(group.Select(e => e.Part).Distinct())
        );
        Assert.InRange(data.Test.Count / 2500.0, 0.2, 0.4);
        Assert.Equal(200, parts.SelectMany(p => p).Select(e => e.Origin.Group).Distinct().Count());
    }

    [Fact]
    public async Task A_group_may_be_a_field_and_a_grouped_split_needs_one()
    {
        File.WriteAllText(Path.Combine(folder, "a.jsonl"), "{\"text\":\"x\",\"kind\":\"a\"}\n{\"text\":\"x\",\"kind\":\"b\"}\n");
        using var data = await Document.Build().From(new JsonLines { Path = "a.jsonl", Group = "text" }).ToDatasetAsync(Options);
        Assert.Equal(["x", "x"], data.Train.Concat(data.Validation).Concat(data.Test).Select(e => e.Origin.Group));
        var error = await Assert.ThrowsAsync<DataException>(() => Document.Build().FromJsonl("a.jsonl").ToDatasetAsync(Options));
        Assert.Contains("group: <column>", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<DataException>(() =>
            Document.Build().From(new JsonLines { Path = "a.jsonl", Group = "doc" }).ToDatasetAsync(Options)
        );
        Assert.StartsWith("a.jsonl(1): error: field 'doc': found nothing", error.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "a.csv"), "doc,text,kind\n1,x,a\n,y,a\n");
        error = await Assert.ThrowsAsync<DataException>(() =>
            Document.Build().From(new Csv { Path = "a.csv", Group = "doc" }).ToDatasetAsync(Options)
        );
        Assert.StartsWith("a.csv(3): error: field 'doc': found nothing", error.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "a.jsonl"), "{\"doc\":1,\"text\":\"x\",\"kind\":\"a\",\"doc\":2}\n");
        error = await Assert.ThrowsAsync<DataException>(() =>
            Document.Build().From(new JsonLines { Path = "a.jsonl", Group = "doc" }).ToDatasetAsync(Options)
        );
        Assert.StartsWith("a.jsonl(1): error: field 'doc': found the field a second time", error.Message, StringComparison.Ordinal);
    }

    private static Note.Example Example(string text) => new(new(text), new(Note.Mood.Good));

    private static StageContext Context() => new(Note.Task, new DataReport(), null);

    private static async Task<Dictionary<string, SplitName>> Divide(Split split, IEnumerable<string> texts) =>
        (await Collect(split.DivideAsync(texts.Select(Example).ToAsyncEnumerable(), Context(), default))).ToDictionary(
            e => e.Input.Text,
            e => e.Origin.Split!.Value
        );

    private static async Task<List<Note.Example>> Collect(IAsyncEnumerable<Note.Example> examples)
    {
        var all = new List<Note.Example>();
        await foreach (var example in examples)
            all.Add(example);
        return all;
    }
}
