using TaskDsl.Data.Files;
using TaskDsl.Generators.Binding;

namespace TaskDsl.Generators.Columns;

/// <summary>
/// How the sources of text tell their columns, which code must read: a source's record, known here as a symbol, cannot say it. One that is
/// not here, as one of the user's own, is not looked into.
/// </summary>
/// <param name="Name">The format, for messages.</param>
/// <param name="Holds">What a file of it may hold.</param>
/// <param name="Columns">Its columns; null where the start does not tell them.</param>
/// <param name="IsHeaded">Whether a header names all columns, so that none can come later.</param>
internal sealed record TextFormat(string Name, FileContent Holds, Func<FileStart, BoundRecord, ColumnNames?> Columns, bool IsHeaded = false)
{
    /// <summary>The values that a question asks for, of a start and whether it is the whole file; null where it does not tell.</summary>
    public Func<string, bool, DataQuestion, IEnumerable<DataValue>>? Values { get; private init; }

    /// <summary>Whether a column holds one value, and no list or record.</summary>
    public bool IsFlat { get; private init; }

    private const FileContent AnyText = FileContent.Text | FileContent.JsonArray | FileContent.JsonLines | FileContent.JsonObject;

    private static readonly Dictionary<string, TextFormat> Known = new(StringComparer.Ordinal)
    {
        ["global::TaskDsl.Data.Sources.JsonLines"] = new("JSON Lines", FileContent.JsonLines, (start, _) => Seen(start.Lines))
        {
            Values = (text, _, question) => JsonColumns.ValuesOfLines(text, question),
        },
        ["global::TaskDsl.Data.Sources.Json"] = new("a JSON document", FileContent.JsonArray | FileContent.JsonObject, (start, _) =>
            Seen(start.Document)
        )
        {
            Values = (text, _, question) => JsonColumns.ValuesOfDocument(text, question),
        },
        ["global::TaskDsl.Data.Sources.Csv"] = new(
            "CSV",
            FileContent.Text,
            (start, source) => HeaderColumns.Of(start, source.Text("delimiter") is { Length: 1 } sign ? sign[0] : null, quotes: true),
            IsHeaded: true
        )
        {
            Values = (text, isWhole, question) => SeparatedRows.Values(text, isWhole, question, question.Delimiter, quotes: true),
            IsFlat = true,
        },
        ["global::TaskDsl.Data.Sources.Tsv"] = new(
            "TSV",
            FileContent.Text,
            (start, source) => HeaderColumns.Of(start, '\t', source["quotes"] is BoundScalar { Value: true }),
            IsHeaded: true
        )
        {
            Values = (text, isWhole, question) => SeparatedRows.Values(text, isWhole, question, '\t', question.Quotes),
            IsFlat = true,
        },
        ["global::TaskDsl.Data.Sources.Conll"] = new(
            "tokens with tags",
            FileContent.Text,
            (_, _) => Fixed("text", "entities"),
            IsHeaded: true
        )
        {
            Values = TaggedTokens.Values,
        },
        ["global::TaskDsl.Data.Sources.TextSource"] = new(
            "plain text",
            AnyText,
            (_, source) => Fixed(source.Text("field") ?? "text"),
            IsHeaded: true
        )
        {
            // The one column, whatever it is called.
            Values = (text, isWhole, question) =>
                FileStart.LinesOf(text, isWhole).Select((line, i) => new DataValue(question.Labels.Count, line, i + 1)),
            IsFlat = true,
        },
        ["global::TaskDsl.Data.Sources.Parquet"] = new("a Parquet file", FileContent.Parquet, (_, _) => null),
        ["global::TaskDsl.Data.Sources.Arrow"] = new(
            "an Arrow IPC file or stream",
            FileContent.ArrowFile | FileContent.ArrowStream,
            (_, _) => null
        ),
    };

    /// <summary>The format of a source; null where it is not known.</summary>
    public static TextFormat? Of(BoundRecord source) => Known.TryGetValue(source.Type.Name, out var format) ? format : null;

    /// <summary>The format of a source that is known.</summary>
    public static TextFormat Of(DataQuestion question) => Known[question.Source];

    private static ColumnNames? Seen(ColumnNames columns) => columns.Any.Count == 0 ? null : columns;

    private static ColumnNames Fixed(params string[] names) => new(new(names), new(names));
}
