using System.Runtime.CompilerServices;
using TaskDsl.Data.Files;
using TaskDsl.Data.Sources.Reading;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Sources;

/// <summary>
/// One JSON document in UTF-8: an array of objects, or an object whose values are the records and whose keys name them. It is read record
/// by record, whatever its size.
/// </summary>
[Keyword("json", Matches = "*.json;*.json.gz;*.json.zst")]
public sealed record Json : FileSource
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var stream = await DataFile
            .OpenAsync(path, FileContent.JsonArray | FileContent.JsonObject, "a JSON document", cancellationToken)
            .ConfigureAwait(false);
        using var document = new JsonRecords(stream);
        while (!document.IsDone)
        {
            if (document.Next() is { } record)
                yield return record;
            else if (!document.IsDone)
                await document.FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
