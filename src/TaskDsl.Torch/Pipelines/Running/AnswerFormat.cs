using TaskDsl.Tasks;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// How a ready answer is read out of what somebody wrote, where it is not in the task's own format. Each is one file with a
/// <c>[Keyword]</c> record.
/// </summary>
public abstract record AnswerFormat
{
    /// <summary>Why it cannot read answers of a task; null where it can. Default: it can.</summary>
    public virtual string? Fault(DslTask task) => null;

    /// <summary>Reads an answer.</summary>
    /// <param name="task">The task.</param>
    /// <param name="text">What was written.</param>
    /// <param name="example">What was asked.</param>
    public abstract ReadAnswer Read(DslTask task, string text, Example example);
}
