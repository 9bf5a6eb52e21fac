using System.Text.Json.Nodes;
using TaskDsl.Data.Sources;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Selecting;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests;

/// <summary>About as long as others are: within two deviations of their mean, whatever stands beside.</summary>
public sealed class LengthLikeTests : IDisposable
{
    private static readonly DslTask Notes = WeatherPrompt.Default.Task;
    private readonly TempFolder runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public async Task What_is_as_long_as_others_is_chosen()
    {
        // Lengths 4, 6, 8, the second of characters that are two of UTF-16: mean 6, deviation sqrt(8 / 3), that of a sample would be 2.
        var usual = await ChooseAsync(["aaaa", "🌧🌧🌧🌧🌧🌧", "cccccccc"], new LengthLike { As = ["$like"] });
        Assert.Equal([3, 9], Lengths(usual).Order());
        Assert.Equal(4, usual.Record!.Counts["left out: not chosen"]);

        // Of texts that are all as long only those are like them.
        Assert.Equal([10], Lengths(await ChooseAsync([new string('a', 10), new string('b', 10)], new LengthLike { As = ["$like"] })));
    }

    [Fact]
    public async Task What_is_wrong_is_told_in_words()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => ChooseAsync(["aaaa"], new LengthLike { As = ["$like"], Deviations = -1 }));
        Assert.True(error is RunException or WordException, $"{error}");
        Assert.Contains("-1", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<RunException>(() => ChooseAsync(["a"], new LengthLike { As = ["$like"] }));
        Assert.Contains("it makes no example: records 6, left out: not chosen 6.", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int> Lengths(PlannedStep step) =>
        File.ReadLines(Path.Combine(step.Folder, "examples.en.jsonl")).Select(line => ((string)JsonNode.Parse(line)!["note"]!).Length);

    private async Task<PlannedStep> ChooseAsync(string[] like, LengthLike by)
    {
        int[] lengths = [1, 2, 3, 9, 10, 20];
        if (like is ["a"])
            lengths[0] = 4;
        Dictionary<string, Step> steps = new()
        {
            ["like"] = Of("like.jsonl", like),
            ["some"] = Of("some.jsonl", lengths.Select(length => new string('x', length))),
            ["usual"] = new SelectStep
            {
                Task = Notes,
                Examples = ["$some"],
                By = by,
            },
        };
        var finished = await Curated.RunAsync(runs, steps.ToDictionary(step => step.Key, step => new PipelineStep { Verb = step.Value }));
        return finished.Steps.Single(step => step.Name == "usual");
    }

    private DataStep Of(string name, IEnumerable<string> notes)
    {
        var file = runs.In(name);
        File.WriteAllLines(file, notes.Select(note => new JsonObject { ["note"] = note, ["sky"] = "sunny" }.ToJsonString()));
        return new DataStep { Task = Notes, Sources = [new JsonLines { Path = file }] };
    }
}
