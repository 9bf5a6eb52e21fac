using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Which cell of a sweep is meant by its name: the setting whose mean over the seeds is best on the validation part, and of its seeds the
/// best where one model is read. The test part is never looked at.
/// </summary>
public sealed record Choose
{
    /// <summary>
    /// What is best: <c>validation.accuracy</c>, any metric of the tasks that the model has learned, or <c>validation.loss</c>; in a group
    /// with the step whose model it is, <c>student.validation.accuracy</c>.
    /// </summary>
    [Shorthand]
    public required string By { get; init; }

    /// <summary>The step in the group whose model is measured, empty where the step is no group, and the metric.</summary>
    /// <exception cref="RunException">It does not ask for the validation part.</exception>
    internal (string Step, string Metric) Parts =>
        By.Split('.') is [.. var step, "validation", var metric]
            ? (string.Join('.', step), metric)
            : throw new RunException(
                $"sweep.choose: '{By}' is nothing to choose by; write validation.accuracy, or step.validation.accuracy."
            );
}
