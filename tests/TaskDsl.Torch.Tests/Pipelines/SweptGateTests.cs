using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

/// <summary>Expectations of columns that are swept: paired by seed where both are, else means over the cells by example.</summary>
public sealed class SweptGateTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Columns_over_the_same_seeds_are_paired_by_seed()
    {
        // Each seed is a little better: 50, 52, 51 against 52, 55, 54 of 100.
        var table = Table(("a[seed=1]", 50), ("a[seed=2]", 52), ("a[seed=3]", 51), ("b[seed=3]", 54), ("b[seed=1]", 52), ("b[seed=2]", 55));
        var gate = Of("scores.b.accuracy > scores.a.accuracy", ("scores", "", table));
        var p = SeedTest.P([0.02, 0.03, 0.03]);
        Assert.True(gate.Holds);
        Assert.Equal(FormattableString.Invariant($"0.537 against 0.510, p = {p:0.000} (paired by 3 seeds, t-test, one-sided)"), gate.Words);
        Assert.False(Of("scores.a.accuracy > scores.b.accuracy", ("scores", "", table)).Holds);
        // By example three of a hundred are no difference.
        Assert.False(Of("scores.b[seed=1].accuracy > scores.a[seed=1].accuracy", ("scores", "", table)).Holds);
    }

    [Fact]
    public void Seeds_of_few_examples_or_of_others_show_nothing()
    {
        StepTable Of5(bool others) =>
            new(
                new[] { ("a[seed=1]", 1), ("a[seed=2]", 2), ("b[seed=1]", 5), ("b[seed=2]", 4) }.ToDictionary(
                    c => c.Item1,
                    c => new EvaluationReport([Hand.Report(others ? 40 : 5, c.Item2, others && c.Item1[0] == 'b' ? "u" : "t")])
                )
            );
        Assert.Contains(
            "too few examples",
            Of("scores.b.accuracy > scores.a.accuracy", ("scores", "", Of5(false))).Words,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "different examples",
            Of("scores.b.accuracy > scores.a.accuracy", ("scores", "", Of5(true))).Words,
            StringComparison.Ordinal
        );
        Assert.Equal(1, SeedTest.P([0.05, 0.05])); // Two may be alike by chance.
    }

    [Fact]
    public void A_cell_counts_in_its_seeds_mean_and_settings_are_chosen_by_their_values()
    {
        var table = Table(("a[r=4,seed=1]", 10), ("a[r=8,seed=1]", 30), ("a[r=4,seed=2]", 20), ("a[r=8,seed=2]", 40), ("b", 22));
        Bare("scores.a.accuracy", 0.25, table);
        Bare("scores.a[r=8].accuracy", 0.35, table);
        Bare("scores.a[seed=2].accuracy", 0.30, table);
        Bare("scores.a[seed=2,r=4].accuracy", 0.20, table);
        // The other side is not swept: by example.
        Assert.Contains(
            "(paired, one-sided)",
            Of("scores.a.accuracy > scores.b.accuracy", ("scores", "", table)).Words,
            StringComparison.Ordinal
        );
        Assert.Contains("no column 'a[r=5]'", Of("scores.a[r=5].accuracy > 0", ("scores", "", table)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_that_is_swept_has_a_table_for_each_seed_and_of_rounds_the_last_counts()
    {
        (string, string, StepTable) Seed(int seed, int right) =>
            ($"g[seed={seed}].scores", $"seed={seed}", Table(("self.a", right), ("b", 20)));
        var tables = new[] { Seed(1, 40), Seed(2, 50) };
        var gate = Of("g.scores.self.a.accuracy > g.scores.b.accuracy", tables);
        Assert.StartsWith("0.450 against 0.200, p = ", gate.Words, StringComparison.Ordinal);
        Assert.Contains("by 2 seeds", gate.Words, StringComparison.Ordinal);
        Assert.True(Of("r.scores.a.accuracy ~> 0.4", ("r.1.scores", "", Table(("a", 10))), ("r.2.scores", "", Table(("a", 50)))).Holds);
        var swept = new[] { ("g[seed=1].1.scores", "seed=1", Table(("a", 30))), ("g[seed=2].1.scores", "seed=2", Table(("a", 50))) };
        Assert.StartsWith("0.400 against 0.300", Of("g.1.scores.a.accuracy ~> 0.3", swept).Words, StringComparison.Ordinal);
        Assert.False(Of("r.1.scores.a.accuracy ~> 0.4", ("r.1.scores", "", Table(("a", 10))), ("r.2.scores", "", Table(("a", 50)))).Holds);
    }

    private void Bare(string path, double value, StepTable table)
    {
        Assert.True(Of(FormattableString.Invariant($"{path} ~> {value - 1e-9}"), ("scores", "", table)).Holds);
        Assert.True(Of(FormattableString.Invariant($"{value + 1e-9} ~> {path}"), ("scores", "", table)).Holds);
    }

    private Gate Of(string expected, params (string Name, string Cell, StepTable Table)[] tables)
    {
        var steps = new Dictionary<string, PlannedStep>();
        foreach (var (name, cell, table) in tables)
        {
            var place = folder.File(name);
            Directory.CreateDirectory(place);
            RunFolder.Write(Path.Combine(place, PlannedStep.TableFile), table);
            var path = name.Replace($"[{cell}]", "", StringComparison.Ordinal).Replace(".1", "", StringComparison.Ordinal);
            steps[name] = new PlannedStep(name, null!, place, null!, null)
            {
                Path = path.Replace(".2", "", StringComparison.Ordinal),
                Cell = cell,
                IsLast = !name.Contains(".1", StringComparison.Ordinal),
            };
        }

        return Gate.Of(Expectation.TryParse(expected)!, steps);
    }

    private static StepTable Table(params (string Column, int Right)[] columns) =>
        new(columns.ToDictionary(c => c.Column, c => new EvaluationReport([Report(c.Right)])));

    private static TaskReport Report(int right)
    {
        Answer[] answers =
        [
            .. Enumerable.Range(0, 100).Select(i => new Answer([new OutputItem("x", "a")], i < right ? [new OutputItem("x", "a")] : null)),
        ];
        var resampled = Bootstrap.Resample(new Accuracy(), answers);
        var (low, high) = Bootstrap.Interval(resampled);
        return new TaskReport
        {
            Prompt = "t_prompt",
            Task = "t",
            Language = "en",
            Examples = 100,
            Unparsed = 0,
            Metrics = [new MetricScore("accuracy", right / 100.0, low, high) { Resampled = resampled }],
            Samples = [],
            Answers = [.. answers.Select((answer, i) => new AnswerMark($"a.jsonl({i + 1})", answer.Predicted is not null))],
        };
    }
}
