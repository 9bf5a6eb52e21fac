using System.Runtime.CompilerServices;
using System.Text.Unicode;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>JSON Lines (jsonlines.org): one JSON object a line, in UTF-8. Blank lines are passed over.</summary>
[Keyword("json_lines", Matches = "*.jsonl;*.ndjson")]
public sealed record JsonLines : DataSource
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (line, number) in Utf8Lines.ReadAsync(path, cancellationToken).ConfigureAwait(false))
        {
            if (line.Span.IndexOfAnyExcept(" \t"u8) < 0) continue;
            yield return new SourceRecord(line, number, Error: Utf8.IsValid(line.Span) ? null : "invalid UTF-8");
        }
    }
}
