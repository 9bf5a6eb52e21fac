namespace TaskDsl.App.Reports;

/// <summary>What <c>report.html</c> shows, ready to print.</summary>
internal sealed record RunPage
{
    public required string Name { get; init; }

    public required string Summary { get; init; }

    public required string Status { get; init; }

    /// <summary>Why the run stopped, where it did.</summary>
    public required string Message { get; init; }

    public required Verdict Verdict { get; init; }

    public required IReadOnlyList<ScoreRow> Scores { get; init; }

    /// <summary>What has to be known to read the scores, one sentence each.</summary>
    public required IReadOnlyList<string> ScoreNotes { get; init; }

    public required IReadOnlyList<Chart> Calibrations { get; init; }

    public required IReadOnlyList<ConfusionPart> Confusions { get; init; }

    public required IReadOnlyList<SampleGroup> Samples { get; init; }

    /// <summary>The run itself, or the run of each task where each got a model of its own.</summary>
    public required IReadOnlyList<RunPart> Parts { get; init; }

    /// <summary>The recipe as run, every default included, in the words of the YAML.</summary>
    public required string Recipe { get; init; }
}

/// <summary>The training of one model.</summary>
internal sealed record RunPart(
    string Title,
    IReadOnlyList<Fact> Facts,
    IReadOnlyList<Chart> Charts,
    IReadOnlyList<DataRow> Data,
    IReadOnlyList<string> Warnings
);

/// <summary>A fact of a run, as device: cpu.</summary>
internal sealed record Fact(string Name, string Value);

/// <summary>A picture with its title and the names of its lines, or a sentence on what it shows.</summary>
internal sealed record Chart(string Title, IReadOnlyList<string> Lines, Html Picture, string Note = "");
