using System.ComponentModel.DataAnnotations;
using TaskDsl.Data.Sources.Reading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Sources;

/// <summary>
/// Comma-separated values with a header row (RFC 4180), in UTF-8: a value in double quotes may hold commas, line breaks and doubled
/// quotes. Every value is text; numbers are read from it.
/// </summary>
[Keyword("csv", Matches = "*.csv;*.csv.gz;*.csv.zst")]
public sealed record Csv : FileSource
{
    /// <summary>
    /// The character that separates columns. Default: what a first line <c>sep=;</c> says, as Excel writes it; else a comma.
    /// </summary>
    [Length(1, 1)]
    public string? Delimiter { get; init; }

    /// <inheritdoc/>
    public override IAsyncEnumerable<SourceRecord> ReadAsync(string path, CancellationToken cancellationToken) =>
        HeadedRows.ReadAsync(this, new RowFormat("CSV", Delimiter?[0], Quotes: true), path, cancellationToken);
}
