using TaskDsl.Prompts;
using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>One of the ways in which each model of a step is asked: a column of the table for each model.</summary>
public sealed record EvaluationCell
{
    /// <summary>What is asked by.</summary>
    public required IReadOnlyList<Prompt> Prompts { get; init; }

    /// <summary>How answers are produced.</summary>
    public required EvaluationPlan Plan { get; init; }

    /// <summary>How the questions are put.</summary>
    public QuestionPlan QuestionPlan { get; init; } = new();

    /// <summary>What tells it from the step's other ways: that of which the step gives a list.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Coordinates { get; private init; } = [];

    /// <summary>Crosses ways with a list: each of them with each of its items, or as they are where it has none.</summary>
    /// <param name="cells">The ways.</param>
    /// <param name="coordinate">What an item is, as <c>shots</c>.</param>
    /// <param name="items">The list.</param>
    /// <param name="text">What an item is called. One that is called as one before it has its number behind it.</param>
    /// <param name="with">Puts an item into a way.</param>
    public static IReadOnlyList<EvaluationCell> Cross<T>(
        IReadOnlyList<EvaluationCell> cells,
        string coordinate,
        IReadOnlyList<T> items,
        Func<T, string> text,
        Func<EvaluationCell, T, EvaluationCell> with
    )
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items.Count == 0)
            return cells;
        return
        [
            .. from cell in cells
            from item in items.Index()
            let same = items.Take(item.Index).Count(before => text(before) == text(item.Item))
            let called = same == 0 ? text(item.Item) : $"{text(item.Item)}_{same + 1}"
            select with(cell, item.Item) with
            {
                Coordinates = [.. cell.Coordinates, KeyValuePair.Create(coordinate, called)],
            },
        ];
    }
}
