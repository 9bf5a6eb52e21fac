using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;

namespace TaskDsl.Tests.Metrics;

/// <summary>Perplexity of gold, from sums that were made by hand.</summary>
public class PerplexityTests
{
    [Fact]
    public void Tokens_weigh_alike_and_not_answers()
    {
        // Four tokens of probability 1/2, one of 1/32: (4 + 5) bits over 5 tokens.
        Answer[] answers = [Of(4 * Math.Log(0.5), 4), Of(Math.Log(1.0 / 32), 1)];
        Assert.Equal(Math.Pow(2, 9.0 / 5), new Perplexity().Score(answers), 12);
    }

    [Fact]
    public void What_is_too_long_is_left_out_and_of_nothing_there_is_none()
    {
        Assert.Equal(2, new Perplexity().Score([Of(Math.Log(0.5), 1), new Answer([], [])]), 12);
        Assert.Equal(double.NaN, new Perplexity().Score([new Answer([], [])]));
    }

    private static Answer Of(double logProbability, int tokens) => new([], null) { Likelihood = (logProbability, tokens) };
}
