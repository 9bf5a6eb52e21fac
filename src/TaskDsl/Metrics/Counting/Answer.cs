using TaskDsl.Tasks;

namespace TaskDsl.Metrics.Counting;

/// <summary>One answer beside its gold.</summary>
/// <param name="Gold">The gold output's items.</param>
/// <param name="Predicted">The answer's items; null where the text could not be parsed.</param>
public readonly record struct Answer(IReadOnlyList<OutputItem> Gold, IReadOnlyList<OutputItem>? Predicted)
{
    /// <summary>The example that was asked, for metrics that look at its input.</summary>
    public Example? Example { get; init; }

    /// <summary>
    /// The logarithm of the probability that the model gave gold, and its tokens, where a metric needs it; null where gold is too long.
    /// </summary>
    public (double LogProbability, int Tokens)? Likelihood { get; init; }
}
