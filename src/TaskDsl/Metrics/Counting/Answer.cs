using TaskDsl.Tasks;

namespace TaskDsl.Metrics.Counting;

/// <summary>One answer beside its gold.</summary>
/// <param name="Gold">The gold output's items.</param>
/// <param name="Predicted">The answer's items; null where the text could not be parsed.</param>
public readonly record struct Answer(IReadOnlyList<OutputItem> Gold, IReadOnlyList<OutputItem>? Predicted)
{
    /// <summary>An answer, of a task's output type, beside a gold one.</summary>
    /// <param name="task">The task.</param>
    /// <param name="gold">The gold output.</param>
    /// <param name="answer">The answer; null where it did not parse.</param>
    public static Answer Of(DslTask task, object gold, object? answer) =>
        new(
            (task ?? throw new ArgumentNullException(nameof(task))).Items(task.RightFor(gold, answer)),
            answer is null ? null : task.Items(answer)
        );

    /// <summary>The example that was asked, for metrics that look at its input.</summary>
    public Example? Example { get; init; }

    /// <summary>
    /// The logarithm of the probability that the model gave gold, and its tokens, where a metric needs it; null where gold is too long.
    /// </summary>
    public (double LogProbability, int Tokens)? Likelihood { get; init; }

    /// <summary>The probability that the model gave its answer, in [0, 1]; null where it gave none.</summary>
    public double? Confidence { get; init; }

    /// <summary>Whether the answer equals gold in every item, in order.</summary>
    public bool IsRight => Predicted is { } predicted && predicted.SequenceEqual(Gold);
}
