using TaskDsl.Tasks;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A step that makes ready answers (<c>[Makes("answers")]</c>): whose they are, and how they are read.</summary>
public interface IReadyAnswers
{
    /// <summary>The task that they answer.</summary>
    DslTask Task { get; }

    /// <summary>How an answer is read out of what was written; null for the task's own format.</summary>
    AnswerFormat? Format { get; }
}
