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

    public required IReadOnlyList<StepSheet> Tables { get; init; }

    /// <summary>Scores over a number, each with its interval.</summary>
    public required IReadOnlyList<Chart> Curves { get; init; }

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

/// <summary>A part of a step's table.</summary>
/// <param name="Title">The step, and what the part shows.</param>
/// <param name="Header">What its columns are called.</param>
/// <param name="Names">How many of the columns name what stands in the others.</param>
/// <param name="Lines">The lines.</param>
/// <param name="Notes">What is to be known of it, in sentences.</param>
internal sealed record StepSheet(
    string Title,
    IReadOnlyList<string> Header,
    int Names,
    IReadOnlyList<IReadOnlyList<string>> Lines,
    IReadOnlyList<string> Notes
);

/// <summary>Some of the examples that a step has made.</summary>
internal sealed record MadeExamples(string Step, IReadOnlyList<MadeExample> Samples);

/// <summary>An example, and what it was made of.</summary>
internal sealed record MadeExample(string Origin, IReadOnlyList<Fact> Fields);
