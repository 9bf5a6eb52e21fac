using TaskDsl.Tasks;

namespace TaskDsl.Metrics;

/// <summary>A measure of answers against gold. Each metric is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Metric
{
    /// <summary>Whether more is better. Default: true.</summary>
    public virtual bool HigherIsBetter => true;

    /// <summary>The score over all answers: a share in [0, 1] unless the metric says otherwise.</summary>
    public abstract double Score(ReadOnlySpan<Answer> answers);
}

/// <summary>One answer beside its gold.</summary>
/// <param name="Gold">The gold output's items.</param>
/// <param name="Predicted">The answer's items; null where the text could not be parsed.</param>
public readonly record struct Answer(IReadOnlyList<OutputItem> Gold, IReadOnlyList<OutputItem>? Predicted);
