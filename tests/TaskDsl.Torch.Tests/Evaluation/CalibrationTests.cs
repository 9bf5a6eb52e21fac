using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using Xunit;

namespace TaskDsl.Torch.Tests.Evaluation;

public sealed class CalibrationTests
{
    [Fact]
    public void The_error_is_the_papers_sum_over_bins()
    {
        var random = new Random(3);
        AnswerMark[] answers =
        [
            .. Enumerable.Range(0, 500).Select(_ => random.NextDouble()).Select(c => new AnswerMark("o", random.NextDouble() < c * c, c)),
        ];
        var expected = 0.0;
        for (var m = 1; m <= 10; m++)
        {
            var bin = answers.Where(a => a.Confidence > (m - 1) / 10.0 && a.Confidence <= m / 10.0).ToList();
            if (bin.Count > 0)
                expected +=
                    bin.Count
                    / 500.0
                    * Math.Abs(bin.Count(a => a.Right) / (double)bin.Count - bin.Sum(a => a.Confidence!.Value) / bin.Count);
        }

        var found = Calibration.Of(answers)!;
        Assert.Equal(expected, found.ExpectedError, 12);
        Assert.Equal(500, found.Count);
        Assert.Equal(answers.Count(a => a.Right) / 500.0, found.Right, 12);
    }

    [Fact]
    public void The_ends_have_their_bins()
    {
        var found = Calibration.Of([new("o", false, 0), new("o", true, 1), new("o", true, 0.1), new("o", true)])!;
        Assert.Equal([(0, 2), (9, 1)], found.Bins.Select(b => (b.Index, b.Count)));
        Assert.Null(Calibration.Of([new("o", true)]));
    }

    [Fact]
    public void Confusions_are_counted_and_named_the_most_frequent_first()
    {
        AnswerMark[] answers = [Mark("a", "a"), Mark("a", "b"), Mark("a", "b"), Mark("b", "a"), Mark("b", null), Mark("a", "c")];
        var confusion = Confusion.Of(answers)!;
        Assert.Equal(["a", "b", "c"], confusion.Labels);
        Assert.Equal([1, 2, 1, 0], confusion.Counts[0]);
        Assert.Equal([1, 0, 0, 1], confusion.Counts[1]);
        Assert.Equal(answers.Length, confusion.Counts.Sum(row => row.Sum()));
        Assert.Equal(("a", "b", 2, 4), confusion.Pairs.First());
        Assert.Equal(1, confusion.Unparsed);
        Assert.Null(Confusion.Of([new("o", true)]));

        static AnswerMark Mark(string gold, string? answer) => new("o", gold == answer, null, gold, answer);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1003)]
    public void The_logarithm_of_a_sum_of_exponentials_is_exact_to_rounding(int count)
    {
        var random = new Random(count);
        float[] scores = [.. Enumerable.Range(0, count).Select(_ => (float)(200 * random.NextDouble() - 40))];
        Assert.Equal(Math.Log(scores.Sum(s => Math.Exp(s))), LogSumExp.Of(scores), 1e-4);
    }
}
