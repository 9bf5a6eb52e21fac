using TaskDsl.Data.Sources.Reading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Sources;

/// <summary>
/// Tab-separated values with a header row (IANA's <c>text/tab-separated-values</c>), in UTF-8: no value holds a tab or a line break, and
/// a quote is a character like any other. Every value is text; numbers are read from it.
/// </summary>
[Keyword("tsv", Matches = "*.tsv;*.tab;*.tsv.gz;*.tsv.zst;*.tab.gz;*.tab.zst")]
public sealed record Tsv : FileSource
{
    /// <summary>
    /// Whether values may stand in double quotes, as spreadsheets and pandas write them. Default: a value that stands in quotes is an
    /// error, because nothing in the file says whether they belong to it.
    /// </summary>
    public bool? Quotes { get; init; }

    /// <inheritdoc/>
    public override IAsyncEnumerable<SourceRecord> ReadAsync(string path, CancellationToken cancellationToken) =>
        HeadedRows.ReadAsync(this, new RowFormat("TSV", '\t', Quotes), path, cancellationToken);
}
