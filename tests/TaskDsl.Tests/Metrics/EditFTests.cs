using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;

namespace TaskDsl.Tests.Metrics;

/// <summary>F of edits, against sums that were made by hand.</summary>
public class EditFTests
{
    private static readonly EditF Metric = new() { Of = TextExpression.Of((Corrected.Example e) => e.Input.Sentence) };

    [Fact]
    public void Counts_edits_of_all_answers_together()
    {
        // Wanted 3 edits, made 3, right 2 ("a"→"the", "sit"→"sits"); one is wrong, one missing: P = R = 2/3.
        Answer[] answers =
        [
            Of("a cat sit", gold: "the cat sits", predicted: "the cat sits"),
            Of("a dog", gold: "the dog", predicted: "a hog"),
        ];
        Assert.Equal(2.0 / 3, Metric.Score(answers), 12);
    }

    [Fact]
    public void Precision_weighs_more_than_recall()
    {
        // Made 1 of 2, right: P = 1, R = 1/2, F0.5 = 1.25 · 0.5 / (0.25 + 0.5).
        Answer[] half = [Of("a cat sit", gold: "the cat sits", predicted: "the cat sit")];
        Assert.Equal(1.25 * 0.5 / 0.75, Metric.Score(half), 12);
        Assert.Equal(2 * 0.5 / 1.5, (Metric with { Beta = 1 }).Score(half), 12);
        // Made 2, right 1 of 1: P = 1/2, R = 1.
        Answer[] more = [Of("a cat sit", gold: "the cat sit", predicted: "the cat sits")];
        Assert.Equal(1.25 * 0.5 / (0.125 + 1), Metric.Score(more), 12);
    }

    [Fact]
    public void What_needs_no_edit_and_gets_none_is_right_and_what_does_not_parse_has_none()
    {
        Assert.Equal(1, Metric.Score([Of("so", gold: "so", predicted: "so")]));
        Assert.Equal(0, Metric.Score([Of("so", gold: "so", predicted: "no")]));
        Assert.Equal(0, Metric.Score([Of("so", gold: "no", predicted: null)]));
    }

    [Fact]
    public void A_text_without_spaces_is_edited_by_its_letters() =>
        Assert.Equal(1.25 * 0.5 / 0.75, Metric.Score([Of("付款期限", gold: "还款的期限", predicted: "还款期限")]), 12);

    [Fact]
    public void Without_an_example_it_says_so() =>
        Assert.Contains("without the example", Assert.Throws<InvalidOperationException>(() => Metric.Score([new Answer([], [])])).Message);

    private static Answer Of(string source, string gold, string? predicted) =>
        new([new OutputItem("corrected", gold)], predicted is null ? null : [new OutputItem("corrected", predicted)])
        {
            Example = new Corrected.Example(new(source, null), new(gold)),
        };
}
