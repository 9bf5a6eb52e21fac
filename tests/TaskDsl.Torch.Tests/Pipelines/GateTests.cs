using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines;

/// <summary>Expectations against tables whose right and wrong answers are known.</summary>
public sealed class GateTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    // 12 won, none lost; 6 won and 1 lost are beyond chance on one side only; 3 and 3 are nothing.
    [InlineData(12, 0, true)]
    [InlineData(6, 1, true)]
    [InlineData(3, 3, false)]
    [InlineData(1, 6, false)]
    public void Two_columns_are_paired_and_one_sided(int won, int lost, bool holds)
    {
        var before = Hand.Report(Enumerable.Range(0, 100).Select(i => i < 50 + lost));
        var after = Hand.Report(Enumerable.Range(0, 100).Select(i => i is >= 0 and < 50 || (i >= 50 + lost && i < 50 + lost + won)));
        var gate = Of("scores.after.accuracy > scores.before.accuracy", ("before", [before]), ("after", [after]));
        Assert.Equal(holds, gate.Holds);
        // One side of what the two-sided test counts twice.
        var twoSided = Significance.Between(before, after, "accuracy", out _)!.P;
        if (won > lost)
            Assert.Contains(
                FormattableString.Invariant($"p = {twoSided / 2:0.000} (paired, one-sided)"),
                gate.Words,
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData("scores.a.accuracy > 0.5", true)]
    [InlineData("scores.a.accuracy > 0.65", false)] // 0.7 is greater, and its interval is not.
    [InlineData("scores.a.accuracy ~> 0.65", true)]
    [InlineData("0.9 > scores.a.accuracy", true)]
    [InlineData("0.75 > scores.a.accuracy", false)]
    [InlineData("0.75 ~> scores.a.accuracy", true)]
    public void Against_a_number_the_interval_must_exclude_it(string expected, bool holds) =>
        Assert.Equal(holds, Of(expected, ("a", [Hand.Report(100, 70)])).Holds);

    [Theory]
    [InlineData("scores.a.accuracy", 0.45)] // ((0.2 + 0.4) / 2 + 0.6) / 2
    [InlineData("scores.a.t.accuracy", 0.3)]
    [InlineData("scores.a.t.zh.accuracy", 0.4)]
    [InlineData("scores.a.u.accuracy", 0.6)]
    [InlineData("scores.a.zh.accuracy", 0.4)]
    public void What_is_left_out_is_a_mean_of_languages_and_then_of_tasks(string path, double value)
    {
        TaskReport[] reports = [Hand.Report(50, 10), Hand.Report(50, 20, language: "zh"), Hand.Report(50, 30, "u")];
        Assert.True(Of(FormattableString.Invariant($"{path} ~> {value - 1e-9}"), ("a", reports)).Holds);
        Assert.True(Of(FormattableString.Invariant($"{value + 1e-9} ~> {path}"), ("a", reports)).Holds);
    }

    [Theory]
    [InlineData("scores.a.accuracy", 0.4)]
    [InlineData("scores.a[shots=0].accuracy", 0.2)]
    [InlineData("scores.a[shots=4].accuracy", 0.5)]
    [InlineData("scores.a[phrasing=2].accuracy", 0.6)]
    [InlineData("scores.a[phrasing=1,shots=4].accuracy", 0.4)]
    [InlineData("scores.a[shots=4].law.accuracy", 0.5)]
    public void A_coordinate_chooses_cells_and_what_is_left_out_is_their_mean(string path, double value)
    {
        (string, TaskReport[])[] columns =
        [
            ("a[phrasing=1,shots=0]", [Hand.Report(50, 10)]),
            ("a[phrasing=1,shots=4]", [Hand.Report(50, 20)]),
            ("a[phrasing=2,shots=4]", [Hand.Report(50, 30)]),
            ("ab[shots=0]", [Hand.Report(50, 50)]),
        ];
        Assert.True(Of(FormattableString.Invariant($"{path} ~> {value - 1e-9}"), columns).Holds);
        Assert.True(Of(FormattableString.Invariant($"{value + 1e-9} ~> {path}"), columns).Holds);
    }

    [Fact]
    public void Cells_of_the_same_examples_are_paired()
    {
        (string, TaskReport[])[] columns =
        [
            ("a[shots=0]", [Hand.Report(50, 10)]),
            ("a[shots=4]", [Hand.Report(50, 20)]),
            ("b", [Hand.Report(50, 40)]),
        ];
        Assert.True(Of("scores.a[shots=4].accuracy > scores.a[shots=0].accuracy", columns).Holds);
        Assert.True(Of("scores.b.accuracy > scores.a.accuracy", columns).Holds);
        Assert.Contains(
            "the step 'scores' has no column 'a[shots=2]'",
            Of("scores.a[shots=2].accuracy > 0", columns).Words,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("scores.few.accuracy > scores.few.accuracy", "too few examples to tell (fewer than 20)")]
    [InlineData("scores.few.accuracy > 0.1", "too few examples to tell (fewer than 20)")]
    [InlineData("scores.a.accuracy > scores.other.accuracy", "measured on different examples")]
    [InlineData("scores.a.macro_f1 > 0.1", "macro_f1 was not measured on all tasks")]
    [InlineData("scores.a.u.accuracy > 0.1", "accuracy was not measured for u")]
    [InlineData("scores.b.accuracy > 0.1", "the step 'scores' has no column 'b'")]
    [InlineData("score.a.accuracy > 0.1", "the step 'score' has no column 'a'")]
    public void What_cannot_be_told_does_not_hold_and_says_why(string expected, string why)
    {
        var all = Hand.Report(40, 39);
        var other = all with { Answers = [.. all.Answers.Reverse()] };
        var gate = Of(expected, ("a", [all]), ("few", [Hand.Report(19, 19)]), ("other", [other]));
        Assert.False(gate.Holds);
        Assert.Contains(why, gate.Words, StringComparison.Ordinal);
    }

    [Theory]
    // 0.7 against 0.5 on the same hundred examples, 20 won and none lost.
    [InlineData("scores.more.accuracy > scores.less.accuracy + 0.1", true)]
    [InlineData("scores.more.accuracy > scores.less.accuracy + 0.19", false)]
    [InlineData("scores.more.accuracy - 0.1 > scores.less.accuracy", true)]
    [InlineData("scores.more.accuracy - scores.less.accuracy > 0.1", true)]
    [InlineData("scores.more.accuracy - scores.less.accuracy > 0.19", false)]
    [InlineData("scores.more.accuracy > 0.667 * scores.less.accuracy + 0.333 * scores.more.accuracy", true)]
    [InlineData("0.5 * scores.more.accuracy > scores.less.accuracy", false)]
    [InlineData("scores.more.accuracy ~> scores.less.accuracy + 0.19", true)]
    [InlineData("scores.more.accuracy ~> scores.less.accuracy + 0.21", false)]
    [InlineData("1 - scores.less.accuracy ~> 0.49", true)]
    public void Terms_are_added_up_and_drawn_anew_together(string expected, bool holds) =>
        Assert.Equal(holds, Of(expected, ("more", [Hand.Report(100, 70)]), ("less", [Hand.Report(100, 50)])).Holds);

    [Theory]
    [InlineData("0.5 * scores.a.t.accuracy + 0.5 * scores.a.u.accuracy > 0.5 * scores.b.t.accuracy + 0.5 * scores.b.u.accuracy", true)]
    [InlineData("scores.a.t.accuracy - scores.b.t.accuracy > scores.a.u.accuracy - scores.b.u.accuracy", false)]
    [InlineData("scores.a.t.accuracy - scores.b.u.accuracy > 0", false)]
    [InlineData("scores.a.t.accuracy - scores.b.u.accuracy ~> 0", true)]
    public void Each_set_of_examples_stands_on_both_sides(string expected, bool holds)
    {
        var gate = Of(
            expected,
            ("a", [Hand.Report(100, 70), Hand.Report(80, 60, "u")]),
            ("b", [Hand.Report(100, 40), Hand.Report(80, 50, "u")])
        );
        Assert.Equal(holds, gate.Holds);
        if (!holds)
            Assert.Contains("measured on different examples", gate.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.b.c > 1 +")]
    [InlineData("a.b.c > 1 2")]
    [InlineData("a.b.c > 2 * ")]
    [InlineData("a.b.c > a.b.d * 2")]
    [InlineData("a.b.c >")]
    [InlineData("1 + 2 > 3")]
    public void What_is_no_sum_is_no_expectation(string text) => Assert.Null(Expectation.TryParse(text));

    [Fact]
    public void A_path_may_have_signs_in_it()
    {
        var parsed = Expectation.TryParse("s.desk-base.m+n > 0.5 * s.a.m - 1e-3")!;
        Assert.Equal(["s", "desk-base", "m+n"], Assert.Single(parsed.Left.Paths));
        Assert.Equal([0.5, -0.001], parsed.Right.Terms.Select(term => term.Factor));
    }

    private Gate Of(string expected, params (string Name, TaskReport[] Reports)[] columns)
    {
        var table = new StepTable(columns.ToDictionary(c => c.Name, c => new EvaluationReport(c.Reports)))
        {
            Board = new Dictionary<string, IReadOnlyList<string>> { ["law"] = ["t"] },
        };
        RunFolder.Write(folder.File(PlannedStep.TableFile), table);
        var steps = new Dictionary<string, PlannedStep> { ["scores"] = new("scores", null!, folder.Path, null!, null) };
        return Gate.Of(Expectation.TryParse(expected)!, steps);
    }
}
