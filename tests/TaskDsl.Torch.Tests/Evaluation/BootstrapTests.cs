using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using Xunit;

namespace TaskDsl.Torch.Tests.Evaluation;

public sealed class BootstrapTests
{
    [Fact]
    public void The_interval_is_the_binomial_one()
    {
        var answers = Answers(right: 140, wrong: 60);
        var (low, high) = Interval(answers);
        var half = 1.96 * Math.Sqrt(0.7 * 0.3 / 200);
        Assert.Equal(0.7 - half, low, 0.015);
        Assert.Equal(0.7 + half, high, 0.015);
        Assert.Equal((low, high), Interval(answers));
    }

    [Fact]
    public void Answers_that_are_all_right_leave_no_doubt() => Assert.Equal((1, 1), Interval(Answers(20, 0)));

    [Fact]
    public void The_interval_holds_nineteen_of_twenty() =>
        Assert.Equal((25, 975), Bootstrap.Interval([.. Enumerable.Range(0, 1001).Reverse().Select(i => (double)i), double.NaN]));

    [Fact]
    public void Every_answer_is_drawn_as_often_as_the_others()
    {
        foreach (var right in Enumerable.Range(0, 5))
        {
            Answer[] answers = [.. Answers(0, right), .. Answers(1, 0), .. Answers(0, 4 - right)];
            Assert.Equal(0.2, Bootstrap.Resample(new Accuracy(), answers).Average(), 0.03);
        }
    }

    [Fact]
    public void One_answer_says_nothing() => Assert.Equal((double.NaN, double.NaN), Interval(Answers(1, 0)));

    private static (double Low, double High) Interval(Answer[] answers) => Bootstrap.Interval(Bootstrap.Resample(new Accuracy(), answers));

    private static Answer[] Answers(int right, int wrong) =>
        [
            .. Enumerable
                .Range(0, right + wrong)
                .Select(i => new Answer([new OutputItem("x", "a")], i < right ? [new OutputItem("x", "a")] : null)),
        ];
}
