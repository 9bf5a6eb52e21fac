namespace TaskDsl.App.Reports;

/// <summary>What <c>pipeline.html</c> shows, ready to print.</summary>
internal sealed record PipelinePage
{
    public required string Name { get; init; }

    public required string Summary { get; init; }

    /// <summary><c>finished</c>, <c>unfinished</c>, or <c>failed</c> where something that is expected does not hold.</summary>
    public required string Status { get; init; }

    public required IReadOnlyList<GateLine> Gates { get; init; }

    public required Html Graph { get; init; }

    public required IReadOnlyList<StepRow> Steps { get; init; }

    public required IReadOnlyList<StepTableRows> Tables { get; init; }

    public required IReadOnlyList<MadeExamples> Examples { get; init; }
}

/// <summary>Something that is expected.</summary>
internal sealed record GateLine(string Text, bool Holds, string Words);

/// <summary>A step with its accounts.</summary>
internal sealed record StepRow(
    string Name,
    string Verb,
    string Makes,
    string Time,
    IReadOnlyList<Fact> Counts,
    IReadOnlyList<Fact> LeftOut,
    string Folder
);

/// <summary>A step's table: a column for each model.</summary>
internal sealed record StepTableRows(string Step, IReadOnlyList<string> Columns, IReadOnlyList<StepTableRow> Rows);

/// <summary>A task, language and metric with a score of each column.</summary>
internal sealed record StepTableRow(string Task, string Language, string Metric, string Examples, IReadOnlyList<StepTableCell> Cells);

/// <summary>A score.</summary>
/// <param name="Column">Its column.</param>
/// <param name="Text">With its interval; empty where it was not measured.</param>
/// <param name="Best">Whether none of the row is better.</param>
/// <param name="Differs">Whether it differs from the first column beyond chance.</param>
internal sealed record StepTableCell(string Column, string Text, bool Best, bool Differs);

/// <summary>Some of the examples that a step has made.</summary>
internal sealed record MadeExamples(string Step, IReadOnlyList<MadeExample> Samples);

/// <summary>An example, and what it was made of.</summary>
internal sealed record MadeExample(string Origin, IReadOnlyList<Fact> Fields);
