using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>Where records come from: files (<see cref="FileSource"/>), or a computation (<see cref="SyntheticSource"/>).</summary>
public abstract record DataSource
{
    /// <summary>The language tag of the records. Default: the task's first.</summary>
    public string? Language { get; init; }

    /// <summary>The split that all the records belong to. Default: the task's <c>split</c> divides them.</summary>
    public SplitName? Split { get; init; }

    /// <summary>
    /// The file's name for a field, where it has another: <c>columns: {clause: text}</c> reads field <c>clause</c> from column <c>text</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>The layout of the records, where it is not the task's own fields. Default: each field is a column.</summary>
    public Shape? Shape { get; init; }

    /// <summary>
    /// The column that says what records belong together (a document, a patient), for a <c>grouped</c> split. It may be a field too; where
    /// it is none, it need not be ignored.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>
    /// Columns that are there and not wanted. A column that is neither a field nor listed here is an error. What a step of a pipeline has
    /// kept of an answer, as <c>$scores</c>, is no field, but goes with the example.
    /// </summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Whether its records have columns that go with their examples.</summary>
    internal bool Keeps => Ignore.Any(KeptColumns.All.Contains);

    /// <summary>What messages call it.</summary>
    public abstract string Title { get; }

    /// <summary>The paths and patterns of the files that its records depend on.</summary>
    internal abstract IEnumerable<string> Paths { get; }

    /// <summary>What is read of it, in order.</summary>
    /// <param name="directory">The folder that its paths start from.</param>
    /// <param name="language">The language of the records.</param>
    /// <exception cref="DataException">A file is not there.</exception>
    internal abstract IEnumerable<SourceFile> Files(string directory, string language);

    /// <summary>Reads the records of one of <see cref="Files"/>, each as one JSON object in UTF-8.</summary>
    internal abstract IAsyncEnumerable<SourceRecord> ReadAsync(SourceFile file, CancellationToken cancellationToken);

    /// <summary>Reads an example of a task out of one record, and what its group column says.</summary>
    /// <exception cref="RecordException">The record does not fit.</exception>
    internal Example ReadExample(DslTask task, ReadOnlySpan<byte> json, bool textValues, string language, out string? group)
    {
        Example example;
        if (Shape is not null)
        {
            example = Shape.ReadExample(task, json, this, language, out group);
        }
        else
        {
            var reader = new RecordReader(json, this, textValues, language);
            example = task.ReadExample(ref reader, language);
            group = reader.Group;
        }

        if (Texts.IsBlank(group))
            group = null;
        return Group is null || group is not null
            ? example
            : throw new RecordException(Group, "nothing", "a value: the source groups by it");
    }
}
