namespace TaskDsl.App.Reports;

/// <summary>What <c>report.html</c> shows, ready to print.</summary>
internal sealed record RunPage
{
    public required string Name { get; init; }

    public required string Summary { get; init; }

    public required string Status { get; init; }

    /// <summary>Why the run stopped, where it did.</summary>
    public required string Message { get; init; }

    public required IReadOnlyList<ScoreRow> Scores { get; init; }

    public required IReadOnlyList<SampleGroup> Samples { get; init; }

    /// <summary>The run itself, or the run of each task where each got a model of its own.</summary>
    public required IReadOnlyList<RunPart> Parts { get; init; }

    /// <summary>The recipe as run, every default included, in the words of the YAML.</summary>
    public required string Recipe { get; init; }
}

/// <summary>The training of one model.</summary>
internal sealed record RunPart(string Title, IReadOnlyList<Fact> Facts, IReadOnlyList<Chart> Charts, IReadOnlyList<DataRow> Data, IReadOnlyList<string> Warnings);

/// <summary>A fact of a run, as device: cpu.</summary>
internal sealed record Fact(string Name, string Value);

/// <summary>A picture with its title and the names of its lines.</summary>
internal sealed record Chart(string Title, IReadOnlyList<string> Lines, Html Picture);

/// <summary>One task, language and metric.</summary>
internal sealed record ScoreRow(string Prompt, string Language, string Metric, string Examples, string Before, string After, string Change, string Trend, Html Bars);

/// <summary>Where the records of one task went.</summary>
internal sealed record DataRow(string Task, string Read, string Kept, string Train, string Validation, string Test, IReadOnlyList<Fact> Dropped, IReadOnlyList<string> Samples);

/// <summary>Answers to one task's examples in one language.</summary>
internal sealed record SampleGroup(string Title, IReadOnlyList<Sample> Samples);

/// <summary>One example with the answers to it.</summary>
internal sealed record Sample(string Origin, IReadOnlyList<Fact> Input, string Gold, SampleReply? Before, SampleReply? After);

/// <summary>An answer; right where it is the gold one to the letter.</summary>
internal sealed record SampleReply(string Text, bool Right, string Error);
