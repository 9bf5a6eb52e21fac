using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>A number of a table, and where it stands; a read-out makes new ones of it.</summary>
/// <param name="Column">Its column.</param>
/// <param name="Task">Its task; empty for a mean over tasks.</param>
/// <param name="Language">Its language; empty for a mean over languages.</param>
/// <param name="Score">The number, with what chance may make of it.</param>
public sealed record TableCell(TableColumn Column, string Task, string Language, MetricScore Score)
{
    /// <summary>How many examples it is of.</summary>
    public int Examples { get; init; }

    /// <summary>The answers that it is of, by which it is paired with others.</summary>
    public IReadOnlyList<AnswerMark> Answers { get; init; } = [];

    /// <summary>What it stands at, apart from one thing: a coordinate, <c>column</c>, <c>task</c> or <c>language</c>.</summary>
    /// <returns>The place without it; null where it has no such coordinate.</returns>
    public (string Column, string Task, string Language)? Without(string over) =>
        over switch
        {
            ReadOut.Task => ($"{Column}", "", ""),
            ReadOut.Language => ($"{Column}", Task, ""),
            ReadOut.Column => ($"{Column with { Name = ReadOut.AllColumns }}", Task, Language),
            _ when Column[over] is not null => ($"{Column.Without(over)}", Task, Language),
            _ => null,
        };

    /// <summary>Its value of a coordinate, or of <c>column</c>, <c>task</c> or <c>language</c>.</summary>
    public string At(string over) =>
        over switch
        {
            ReadOut.Task => Task,
            ReadOut.Language => Language,
            ReadOut.Column => Column.Name,
            _ => Column[over] ?? "",
        };
}
