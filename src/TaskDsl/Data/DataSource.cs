using System.Reflection;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>
/// Files of records. Each file format is one file with a <c>[Keyword]</c> record (<c>json_lines</c>, <c>csv</c>, <c>parquet</c>, …); a
/// bare path picks the format by its extension. What is compressed with gzip (<c>*.gz</c>) or Zstandard (<c>*.zst</c>) is read as it is.
/// </summary>
public abstract record DataSource
{
    /// <summary>The file, or a pattern of files: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders.</summary>
    [Shorthand, FilePath]
    public required string Path { get; init; }

    /// <summary>The language tag of the records. Default: the task's first.</summary>
    public string? Language { get; init; }

    /// <summary>The split that all the records belong to. Default: the task's <c>split</c> divides them.</summary>
    public SplitName? Split { get; init; }

    /// <summary>
    /// A JSON file that names the official test records by their keys: an array of keys, or an object that has them. The task's
    /// <c>split</c> divides the others; with <c>test: 0</c> there the division is the official one.
    /// </summary>
    [FilePath]
    public string? TestKeys { get; init; }

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

    /// <summary>Columns that are there and not wanted. A column that is neither a field nor listed here is an error.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>The source that a bare path means, by the file's name.</summary>
    /// <exception cref="DataException">No format has files of such a name.</exception>
    public static DataSource Of(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var formats = Words.Loaded.Choices(typeof(DataSource)).Select(c => (c.Type, Word: c.Type.GetCustomAttribute<KeywordAttribute>()!));
        var format = formats.FirstOrDefault(f => f.Word.IsMatch(path)).Type
            ?? throw new DataException(
                $"{path}: no format of data files has such a name; expected "
                    + $"{string.Join(", ", formats.Select(f => f.Word.Matches.Split(';')[0]).Where(pattern => pattern.Length > 0))}."
            );
        return (DataSource)Words.Default(format) with { Path = path };
    }

    /// <summary>Reads the records of one file, each as one JSON object in UTF-8.</summary>
    /// <param name="path">The absolute path of one file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public abstract IAsyncEnumerable<SourceRecord> ReadAsync(string path, CancellationToken cancellationToken);

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
