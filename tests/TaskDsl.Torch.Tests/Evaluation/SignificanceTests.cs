using System.Text.Json;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;
using Xunit;

namespace TaskDsl.Torch.Tests.Evaluation;

public sealed class SignificanceTests
{
    /// <summary>
    /// The same question by another road: the exact distribution of the resampled difference, step by step over the examples.
    /// </summary>
    [Theory]
    [InlineData(100, 60, 10, 4)]
    [InlineData(100, 60, 12, 2)]
    [InlineData(40, 20, 3, 3)]
    [InlineData(200, 100, 30, 10)]
    public void The_p_value_is_that_of_the_exact_resampling_distribution(int all, int bothRight, int won, int lost)
    {
        // Each draw adds +1, −1 or 0 to the number of right answers; the sum of as many draws as examples is their convolution.
        var chances = new double[2 * all + 1];
        chances[all] = 1;
        for (var draw = 0; draw < all; draw++)
        {
            var next = new double[chances.Length];
            for (var at = 1; at < chances.Length - 1; at++)
            {
                next[at + 1] += chances[at] * won / all;
                next[at - 1] += chances[at] * lost / all;
                next[at] += chances[at] * (all - won - lost) / all;
            }

            chances = next;
        }

        var expected = Math.Min(1, 2 * Math.Min(chances[..(all + 1)].Sum(), chances[all..].Sum()));
        var before = Report([
            .. Enumerable.Range(0, all).Select(i => i < bothRight || (i >= bothRight + won && i < bothRight + won + lost)),
        ]);
        var after = Report([.. Enumerable.Range(0, all).Select(i => i < bothRight + won)]);
        var found = Significance.Between(before, after, "accuracy", out var obstacle)!;
        Assert.Equal("", obstacle);
        Assert.Equal(expected, found.P, 0.04);
        Assert.Equal((won - lost) / (double)all, found.Difference, 9);
        Assert.InRange(found.Difference, found.Low, found.High);
    }

    [Fact]
    public void Pairing_sees_what_the_two_intervals_hide()
    {
        // 50 % and 56 % of 200: the intervals overlap widely, but no answer got worse.
        var (before, after) = (Report(Right(200, 100)), Report(Right(200, 112)));
        Assert.True(before.Metrics[0].High > after.Metrics[0].Low);
        Assert.True(Significance.Between(before, after, "accuracy", out _)!.BeyondChance);
    }

    [Fact]
    public void The_same_answers_are_no_difference() =>
        Assert.Equal(1, Significance.Between(Report(Right(50, 30)), Report(Right(50, 30)), "accuracy", out _)!.P);

    [Fact]
    public void A_measurement_read_back_pairs_as_before()
    {
        var (before, after) = (Report(Right(60, 20)), Report(Right(60, 30)));
        var json = JsonSerializer.Serialize(new RunEvaluation(new([before]), null), DefinitionJson.Options);
        var read = JsonSerializer.Deserialize<RunEvaluation>(json, DefinitionJson.Options)!.Before!.Tasks[0];
        Assert.Equal(before.Answers, read.Answers);
        Assert.Equal(Significance.Between(before, after, "accuracy", out _), Significance.Between(read, after, "accuracy", out _));
        Assert.True(json.Count(c => c == '\n') < 60 + 40, "an answer is a line, and so are the resampled scores");
    }

    [Fact]
    public void What_cannot_be_compared_says_why()
    {
        var whole = Report(Right(60, 20));
        Assert.Contains("different examples", Why(whole, whole with { Answers = [.. whole.Answers.Reverse()] }), StringComparison.Ordinal);
        Assert.Contains(
            "single answers",
            Why(whole with { Answers = [], Metrics = [whole.Metrics[0] with { Resampled = [] }] }, whole),
            StringComparison.Ordinal
        );
        Assert.Contains("too few", Why(Report(Right(19, 0)), Report(Right(19, 19))), StringComparison.Ordinal);
        Assert.Contains("once", Why(null, whole), StringComparison.Ordinal);

        static string Why(TaskReport? before, TaskReport after)
        {
            Assert.Null(Significance.Between(before, after, "accuracy", out var obstacle));
            return obstacle;
        }
    }

    [Fact]
    public void An_old_file_without_single_answers_can_be_read()
    {
        const string Old =
            """{"before":null,"after":{"tasks":[{"prompt":"p","task":"t","language":"zh","examples":3,"unparsed":1"""
            + ""","metrics":[{"metric":"accuracy","value":0.5,"low":0.1,"high":"NaN","higher_is_better":true}],"samples":[]}]}}""";
        var task = JsonSerializer.Deserialize<RunEvaluation>(Old, DefinitionJson.Options)!.After!.Tasks[0];
        Assert.Empty(task.Answers);
        Assert.Empty(task.Metrics[0].Resampled);
    }

    private static bool[] Right(int all, int right) => [.. Enumerable.Range(0, all).Select(i => i < right)];

    private static TaskReport Report(bool[] right)
    {
        Answer[] answers = [.. right.Select(r => new Answer([new OutputItem("x", "a")], r ? [new OutputItem("x", "a")] : null))];
        return new TaskReport
        {
            Prompt = "p",
            Task = "t",
            Language = "en",
            Examples = right.Length,
            Unparsed = 0,
            Metrics = [Score(new Accuracy(), answers)],
            Samples = [],
            Answers = [.. right.Select((r, i) => new AnswerMark($"a.jsonl({i + 1})", r))],
        };
    }

    private static MetricScore Score(Accuracy metric, Answer[] answers)
    {
        var resampled = Bootstrap.Resample(metric, answers);
        var (low, high) = Bootstrap.Interval(resampled);
        return new MetricScore("accuracy", metric.Score(answers), low, high) { Resampled = resampled };
    }
}
