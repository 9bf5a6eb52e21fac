using System.Runtime.CompilerServices;
using TaskDsl.Data.Files;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Sources;

/// <summary>JSON Lines (jsonlines.org): one JSON object a line, in UTF-8. Blank lines are passed over.</summary>
[Keyword("json_lines", Matches = "*.jsonl;*.ndjson;*.jsonl.gz;*.jsonl.zst;*.ndjson.gz;*.ndjson.zst")]
public sealed record JsonLines : FileSource
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var stream = await DataFile
            .OpenAsync(path, FileContent.JsonLines, "JSON Lines", cancellationToken)
            .ConfigureAwait(false);
        await foreach (var (line, number) in Utf8Lines.ReadAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            if (line.Span.IndexOfAnyExcept(" \t"u8) < 0)
                continue;
            yield return new SourceRecord(line, number, Error: Encodings.Wrong(line.Span));
        }
    }
}
