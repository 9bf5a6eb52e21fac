using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Vocabulary;

namespace RealData.Sources;

/// <summary>
/// RESTAURANTS-8K: a turn of a booking, the slots that were asked for, and the spans of those that it fills; <c>labels</c> is missing where
/// there is none, <c>startIndex</c> where it is 0. Gives <c>text</c>, <c>requested</c> and <c>slots</c>.
/// </summary>
[Keyword("restaurant8k"), Revision(1)]
public sealed record Restaurant8k : FileSource
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var record in new Json { Path = path }.ReadAsync(path, cancellationToken))
        {
            if (record.Error is not null)
            {
                yield return record;
                continue;
            }

            using var document = JsonDocument.Parse(record.Json);
            var row = document.RootElement;
            var text = row.GetProperty("userInput").GetProperty("text").GetString()!;
            yield return record with
            {
                Json = JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        text,
                        requested = row.TryGetProperty("context", out var context)
                        && context.TryGetProperty("requestedSlots", out var requested)
                            ? string.Join(", ", requested.EnumerateArray().Select(slot => slot.GetString()))
                            : null,
                        slots = row.TryGetProperty("labels", out var labels)
                            ? labels
                                .EnumerateArray()
                                .Select(label => new { kind = label.GetProperty("slot").GetString(), text = Span(label, text) })
                            : [],
                    }
                ),
            };
        }
    }

    private static string Span(JsonElement label, string text)
    {
        var span = label.GetProperty("valueSpan");
        var from = span.TryGetProperty("startIndex", out var start) ? start.GetInt32() : 0;
        return text[from..span.GetProperty("endIndex").GetInt32()].Trim();
    }
}
