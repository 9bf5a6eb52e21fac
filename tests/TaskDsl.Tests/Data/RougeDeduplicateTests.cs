using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Stages;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Data;

/// <summary>Near duplicates by ROUGE-L against the metric itself, which is tested against rouge-score.</summary>
public sealed class RougeDeduplicateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("taskdsl-rouge-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory, InlineData(0.5), InlineData(0.7), InlineData(1.0)]
    public async Task Agrees_with_the_metric_of_all_pairs(double threshold)
    {
        var random = new Random(4);
        List<string> texts = [];
        for (var i = 0; i < 150; i++)
        {
            var words = Enumerable.Range(0, random.Next(1, 7)).Select(_ => $"w{random.Next(8)}").ToList();
            texts.Add(string.Join(random.Next(2) == 0 ? " " : ", ", words));
        }

        var kept = new List<int>();
        for (var i = 0; i < texts.Count; i++)
            if (kept.TrueForAll(other => Score(texts[other], texts[i]) < threshold))
                kept.Add(i);
        Assert.InRange(kept.Count, 5, 149);
        Assert.Equal(kept, (await RunAsync(texts, new RougeDeduplicate { Threshold = threshold })).Select(line => (int)line - 1).Order());

        static double Score(string gold, string answer) =>
            new RougeL().Score([new Answer([new OutputItem("text", gold)], [new OutputItem("text", answer)])]);
    }

    [Fact]
    public async Task A_common_text_of_seven_tenths_is_too_near_and_no_words_are_like_nothing()
    {
        // Of five and five words three in common are 0.6 and four are 0.8; of five and three, three are 0.75; of five and seven 0.5.
        string[] texts = ["a b c d e", "a x c y e", "A b, c d z", "a b c", "...", "!!!", "a b c d e f g h", "a b c x y z w"];
        Assert.Equal([1, 2, 5, 6, 8], (await RunAsync(texts, new RougeDeduplicate())).Order());
    }

    [Fact]
    public async Task The_report_says_what_it_is_like()
    {
        Write(["a b c d", "a b c e"]);
        using var data = await Note.Build()
            .FromJsonl("a.jsonl")
            .With(new RougeDeduplicate { By = TextExpression.Of((Note.Example e) => e.Input.Text) })
            .ToDatasetAsync(new DataOptions { ProjectDirectory = folder });
        Assert.Equal("a.jsonl(2): near duplicate of a.jsonl(1) (0.75)", Assert.Single(data.Report.DroppedSamples));
    }

    private async Task<List<long>> RunAsync(IEnumerable<string> texts, RougeDeduplicate stage)
    {
        Write(texts);
        using var data = await Note.Build().FromJsonl("a.jsonl").With(stage).ToDatasetAsync(new DataOptions { ProjectDirectory = folder });
        return [.. data.Train.Concat(data.Validation).Concat(data.Test).Select(e => e.Origin.Line)];
    }

    private void Write(IEnumerable<string> texts) =>
        File.WriteAllLines(Path.Combine(folder, "a.jsonl"), texts.Select(text => JsonSerializer.Serialize(new { text, mood = "good" })));
}
