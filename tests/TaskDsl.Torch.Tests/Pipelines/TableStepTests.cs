using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.ReadOuts;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

/// <summary>Tables read out of tables that a step of this project makes.</summary>
public sealed class TableStepTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_is_read_is_a_table_that_can_be_expected_of()
    {
        var finished = await RunAsync(
            new TableStep
            {
                Of = ["$scores"],
                Read = new Dictionary<string, ReadOut>
                {
                    ["worst_wording"] = new Worst { Metric = "accuracy", Over = "phrasing" },
                    ["all_tasks"] = new Mean { Metric = "accuracy", Over = "task" },
                    ["agreement"] = new Correlation { Metric = "accuracy", Between = ["phrasing=1", "phrasing=2"] },
                },
            },
            "summary.a.worst_wording > summary.b.worst_wording",
            "summary.a.u.worst_wording ~> 0.69",
            "summary.a[phrasing=1].all_tasks ~> 0.8",
            "1.01 ~> summary.r.agreement",
            "summary.points.agreement ~> 3.9",
            "summary.r.agreement > 0.5"
        );
        Assert.All(finished.Gates.SkipLast(1), gate => Assert.True(gate.Holds, $"{gate.Text}: {gate.Words}"));
        Assert.Contains("p = 0.00", finished.Gates[0].Words, StringComparison.Ordinal);
        // Nothing is known of what chance makes of a correlation but its p.
        Assert.False(finished.Gates[^1].Holds);
        var table = finished.Steps.Single(s => s.Name == "summary").Table!;
        Assert.Equal(
            ["a", "b", "a[phrasing=1]", "a[phrasing=2]", "b[phrasing=1]", "b[phrasing=2]", "r", "p", "points"],
            table.Columns.Keys
        );
        Assert.DoesNotContain(TableRow.Of(table), row => row.Name == TableRow.Mean);
    }

    [Fact]
    public async Task Columns_of_several_tables_are_told_apart_by_their_steps()
    {
        var read = new TableStep
        {
            Of = ["$scores", "$others"],
            Read = new Dictionary<string, ReadOut>
            {
                ["lost"] = new Forgetting { Metric = "accuracy", Over = "table" },
            },
        };
        var table = (await RunAsync(read)).Steps.Single(s => s.Name == "summary").Table!;
        Assert.Equal(["a[phrasing=1]", "a[phrasing=2]", "b[phrasing=1]", "b[phrasing=2]"], table.Columns.Keys);
        Assert.All(table.Columns.Values.SelectMany(c => c.Tasks), t => Assert.Equal(0, t.Metrics.Single(m => m.Metric == "lost").Value, 9));
    }

    [Theory]
    [InlineData("nothing", "table.of: a length of 0 is not allowed; expected 1 to 1000.")]
    [InlineData("unread", "table.read: a length of 0 is not allowed; expected 1 to 1000.")]
    [InlineData("name", "table.read: 'worst wording' cannot be a name: it has letters, digits and _, as worst_wording.")]
    [InlineData("metric", "worst: no table has macro_f1.")]
    [InlineData("over", "worst: no column is told apart by 'shots'; expected one of phrasing, column, task, language")]
    [InlineData("points", "agreement: a[phrasing=1] and b[phrasing=1] have 2 point(s) in common; a correlation needs at least 3.")]
    public async Task What_cannot_be_read_is_told(string what, string expected)
    {
        var read = new TableStep { Of = ["$scores"], Read = Named("worst", new Worst { Metric = "accuracy", Over = "phrasing" }) };
        read = what switch
        {
            "nothing" => read with { Of = [] },
            "unread" => read with { Read = new Dictionary<string, ReadOut>() },
            "name" => read with { Read = Named("worst wording", new Worst { Metric = "accuracy", Over = "phrasing" }) },
            "metric" => read with { Read = Named("worst", new Worst { Metric = "macro_f1", Over = "phrasing" }) },
            "over" => read with { Read = Named("worst", new Worst { Metric = "accuracy", Over = "shots" }) },
            _ => read with
            {
                Read = Named("agreement", new Correlation { Metric = "accuracy", Between = ["a[phrasing=1]", "b[phrasing=1]"] }),
            },
        };
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(read));
        Assert.True(error is RunException or WordException, error.GetType().Name);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, ReadOut> Named(string name, ReadOut read) => new() { [name] = read };

    private async Task<FinishedPipeline> RunAsync(TableStep read, params string[] expect)
    {
        var pipeline = new Pipeline
        {
            Name = "p",
            Steps = new Dictionary<string, PipelineStep>
            {
                ["scores"] = new() { Verb = new GivenTable() },
                ["others"] = new() { Verb = new GivenTable() },
                ["summary"] = new() { Verb = read },
            },
            Expect = expect,
        };
        var options = new PipelineOptions
        {
            Runs = new RunOptions { RunsDirectory = folder.File("runs"), ProjectDirectory = folder.Path },
        };
        return await pipeline.RunAsync(options, cancellationToken: TestContext.Current.CancellationToken);
    }
}

/// <summary>Makes a table whose right and wrong answers are known: of two models, two tasks and two phrasings.</summary>
[Keyword("given_table"), Makes("table")]
public sealed record GivenTable : Step
{
    public override void Shape(StepShape shape) { }

    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        step.Write(
            new StepTable(
                new Dictionary<string, EvaluationReport>
                {
                    ["a[phrasing=1]"] = new([Hand.Report(100, 90), Hand.Report(100, 80, "u")]),
                    ["a[phrasing=2]"] = new([Hand.Report(100, 85), Hand.Report(100, 70, "u")]),
                    ["b[phrasing=1]"] = new([Hand.Report(100, 60), Hand.Report(100, 50, "u")]),
                    ["b[phrasing=2]"] = new([Hand.Report(100, 55), Hand.Report(100, 45, "u")]),
                }
            )
        );
    }
}
