using TaskDsl.App.Reports;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;

namespace TaskDsl.App.Tests.Reports;

public sealed class VerdictTests
{
    [Fact]
    public void The_headline_counts_what_is_beyond_chance_and_what_is_not()
    {
        var verdict = Verdict.Of(
            new RunEvaluation(
                new([Task("up", 100, 20), Task("down", 100, 60), Task("still", 100, 50), Task("small", 10, 0)]),
                new([Task("up", 100, 60), Task("down", 100, 40), Task("still", 100, 50), Task("small", 10, 10)])
            ),
            RunStatus.Finished
        );
        Assert.Equal(
            "Of 4 measurements (task and language), 1 improved beyond chance, 1 got worse beyond chance, 1 shows no clear "
                + "difference, 1 could not be tested.",
            verdict.Headline
        );
        Assert.Equal(["worse", "better", "open", "untested"], verdict.Lines.Select(l => l.Outcome));
        Assert.Equal("down (en): 0.60 → 0.40 accuracy, worse, beyond chance (p\u00a0<\u00a00.01)", verdict.Lines[0].Text);
        Assert.EndsWith("too few examples to tell (fewer than 20)", verdict.Lines[3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_no_better_than_the_most_frequent_label_is_told()
    {
        var verdict = Verdict.Of(new RunEvaluation(new([Task("t", 100, 5)]), new([Task("t", 100, 30)])), RunStatus.Finished);
        Assert.EndsWith(
            "better, beyond chance (p\u00a0<\u00a00.01); no better than always answering “label 0” (0.34)",
            Assert.Single(verdict.Lines).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_only_a_further_metric_finds_worse_is_told_too()
    {
        TaskReport Both(int first, int second) =>
            Task("t", 100, first) with
            {
                Metrics = [Task("t", 100, first).Metrics[0], Task("t", 100, second).Metrics[0] with { Metric = "macro_f1" }],
            };
        var verdict = Verdict.Of(new RunEvaluation(new([Both(20, 60)]), new([Both(60, 20)])), RunStatus.Finished);
        Assert.EndsWith(
            "1 improved beyond chance; by a further metric, 1 got worse beyond chance.",
            verdict.Headline,
            StringComparison.Ordinal
        );
        Assert.Contains("0.60 → 0.20 macro f1, worse", verdict.Lines[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_less_is_better_a_higher_score_is_worse()
    {
        var verdict = Verdict.Of(
            new RunEvaluation(new([Task("t", 100, 20, less: true)]), new([Task("t", 100, 60, less: true)])),
            RunStatus.Finished
        );
        Assert.Contains("1 got worse beyond chance", verdict.Headline, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunStatus.Finished, "No answers were measured")]
    [InlineData(RunStatus.Interrupted, "The run was interrupted and can go on. No answers")]
    [InlineData(RunStatus.Diverged, "The training diverged")]
    public void A_run_without_measurements_says_so(RunStatus status, string says) =>
        Assert.StartsWith(says, Verdict.Of(new RunEvaluation(null, null), status).Headline, StringComparison.Ordinal);

    [Fact]
    public void Half_measured_runs_are_not_compared()
    {
        EvaluationReport one = new([Task("t", 100, 20)]);
        Assert.Contains(
            "Only the model before tuning",
            Verdict.Of(new RunEvaluation(one, null), RunStatus.Running).Headline,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "nothing to compare with",
            Verdict.Of(new RunEvaluation(null, one), RunStatus.Finished).Headline,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Many_tasks_do_not_bury_the_headline()
    {
        var verdict = Verdict.Of(
            new RunEvaluation(
                new([.. Enumerable.Range(0, 40).Select(i => Task($"t{i}", 30, 5))]),
                new([.. Enumerable.Range(0, 40).Select(i => Task($"t{i}", 30, 25))])
            ),
            RunStatus.Finished
        );
        Assert.Equal("and 28 more in the table below", verdict.Lines[^1].Text);
        Assert.StartsWith(
            "Of 40 measurements (task and language), 40 improved beyond chance; none got worse",
            verdict.Headline,
            StringComparison.Ordinal
        );
    }

    internal static TaskReport Task(string name, int all, int right, bool less = false)
    {
        Answer[] answers =
        [
            .. Enumerable.Range(0, all).Select(i => new Answer([new OutputItem("x", "a")], i < right ? [new OutputItem("x", "a")] : null)),
        ];
        var resampled = Bootstrap.Resample(new Accuracy(), answers);
        var (low, high) = Bootstrap.Interval(resampled);
        return new TaskReport
        {
            Prompt = name,
            Task = name,
            Language = "en",
            Examples = all,
            Unparsed = 0,
            Metrics = [new MetricScore("accuracy", (double)right / all, low, high, !less) { Resampled = resampled }],
            Samples = [],
            Answers =
            [
                .. Enumerable
                    .Range(0, all)
                    .Select(i => new AnswerMark(
                        $"a.jsonl({i + 1})",
                        i < right,
                        (i + 0.5) / all,
                        $"label {i % 3}",
                        $"label {(i < right ? i : i + 1) % 3}"
                    )),
            ],
        };
    }
}
