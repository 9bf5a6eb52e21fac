using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Pipelines.Curating;

/// <summary>BSDetector's confidence (arXiv 2308.16175) against sums that were made by hand.</summary>
public class GivenConfidenceTests
{
    private static readonly GivenConfidence Paper = new(new RougeL(), Equality: 0.2, Weight: 0.7);
    private static readonly Example Any = new LettersExample(new("a"), new("a"));

    [Fact]
    public void Agreement_and_reflection_are_weighed()
    {
        // Of five answers two are equal (1), one has two of three words (F1 0.8, not equal: 0.64), one none, one does not parse.
        var drawn = new[] { "pay the rent", "pay the rent", "pay rent", "no", null };
        var observed = (1 + 1 + (0.8 * 0.8)) / 5;
        // Asked twice: correct, and unsure.
        Assert.Equal((0.7 * observed) + (0.3 * 0.75), Of(Paper, "pay the rent", drawn, 1, 0.5), 12);
        Assert.Equal((0.7 * observed) + (0.3 * 0), Of(Paper, "pay the rent", drawn, 0, 0), 12);
    }

    [Fact]
    public void Unasked_agreement_is_all_there_is() =>
        Assert.Equal((1 + 1 + (0.8 * 0.8)) / 5, Of(Paper, "pay the rent", ["pay the rent", "pay the rent", "pay rent", "no", null]), 12);

    [Fact]
    public void Of_labels_agreement_is_the_share_of_equal_ones() =>
        Assert.Equal(0.6, Of(Paper with { Alike = new ExactMatch() }, "a", ["a", "b", "a", "a", "c"]), 12);

    private static double Of(GivenConfidence confidence, string given, string?[] drawn, params double[] verdicts) =>
        confidence.Of([.. drawn.Select(answer => new Answer(Items(given)!, Items(answer)) { Example = Any })], verdicts);

    private static OutputItem[]? Items(string? text) => text is null ? null : [new OutputItem("text", text)];
}
