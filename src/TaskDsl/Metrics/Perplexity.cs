using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace TaskDsl.Metrics;

/// <summary>
/// How much the gold answers surprise the model: the exponential of the mean negative log-probability of their tokens, of all answers
/// together, each token behind the prompt and those before it, the one that ends the answer too. What the model itself answers does not
/// count.
/// </summary>
/// <remarks>
/// It is comparable between models that cut a text into the same tokens alone. A question that is too long for the model has none, and is
/// left out. Ask for few tokens (<c>max_new_tokens: 1</c>) where nothing else is measured.
/// </remarks>
[Keyword("perplexity")]
public sealed record Perplexity : Metric
{
    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    /// <inheritdoc/>
    public override bool NeedsLikelihood => true;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        var (sum, tokens) = (0.0, 0L);
        foreach (var answer in answers)
            if (answer.Likelihood is { } gold)
                (sum, tokens) = (sum + gold.LogProbability, tokens + gold.Tokens);
        return tokens == 0 ? double.NaN : Math.Exp(-sum / tokens);
    }
}
