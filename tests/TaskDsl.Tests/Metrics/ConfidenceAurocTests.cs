using CsCheck;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Metrics;

/// <summary>The area under the ROC curve of confidence, against its definition by pairs.</summary>
public class ConfidenceAurocTests
{
    private static readonly ConfidenceAuroc Auroc = new();

    [Fact]
    public void It_is_the_share_of_pairs_whose_right_answer_is_the_surer()
    {
        // Few values, so that many are equal; some answers have none.
        var answer = Gen.Select(Gen.Int[0, 6], Gen.Bool, Gen.Int[0, 9]);
        answer
            .Array[0, 60]
            .Sample(drawn =>
            {
                Answer[] answers = [.. drawn.Select(a => Of(a.Item3 == 0 ? null : a.Item1 / 6.0, a.Item2))];
                var known = answers.Where(a => a.Confidence is not null).ToList();
                double[] pairs =
                [
                    .. from right in known.Where(a => a.IsRight)
                    from wrong in known.Where(a => !a.IsRight)
                    select right.Confidence > wrong.Confidence ? 1
                    : right.Confidence == wrong.Confidence ? 0.5
                    : 0,
                ];
                Assert.Equal(pairs.Length == 0 ? double.NaN : pairs.Average(), Auroc.Score(answers), 12);
                Array.Reverse(answers);
                Assert.Equal(pairs.Length == 0 ? double.NaN : pairs.Average(), Auroc.Score(answers), 12);
            });
    }

    [Theory]
    [InlineData(1, 0.9, true, 0.1, false)]
    [InlineData(0, 0.1, true, 0.9, false)]
    [InlineData(0.5, 0.9, true, 0.9, false)]
    [InlineData(double.NaN, 0.9, true, 0.1, true)]
    [InlineData(double.NaN, 0.9, false, 0.1, false)]
    public void Two_answers_are_one_pair(double expected, double one, bool oneIsRight, double other, bool otherIsRight) =>
        Assert.Equal(expected, Auroc.Score([Of(one, oneIsRight), Of(other, otherIsRight)]));

    [Fact]
    public void What_does_not_parse_is_wrong_and_what_has_no_confidence_does_not_count()
    {
        var broken = new Answer([new("x", "a")], null) { Confidence = 0.7 };
        Assert.Equal(1, Auroc.Score([Of(0.9, true), broken, Of(null, false)]));
        Assert.Equal(0, Auroc.Score([Of(0.6, true), broken, Of(null, true)]));
        Assert.Equal(double.NaN, Auroc.Score([Of(null, true), Of(null, false), broken with { Confidence = double.NaN }]));
        Assert.Equal(double.NaN, Auroc.Score([]));
    }

    private static Answer Of(double? confidence, bool isRight) =>
        new([new("x", "a")], [new OutputItem("x", isRight ? "a" : "b")]) { Confidence = confidence };
}
