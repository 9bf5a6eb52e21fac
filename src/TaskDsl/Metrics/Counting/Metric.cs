namespace TaskDsl.Metrics.Counting;

/// <summary>A measure of answers against gold. Each metric is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Metric
{
    /// <summary>Whether more is better. Default: true.</summary>
    public virtual bool HigherIsBetter => true;

    /// <summary>
    /// Whether the score over all answers is the mean of what each scores alone, so that what chance gives can be computed. Default: false.
    /// </summary>
    public virtual bool IsMean => false;

    /// <summary>Whether it asks how probable the model holds gold (<see cref="Answer.Likelihood"/>). Default: false.</summary>
    public virtual bool NeedsLikelihood => false;

    /// <summary>The score over all answers: a share in [0, 1] unless the metric says otherwise.</summary>
    public abstract double Score(ReadOnlySpan<Answer> answers);
}
