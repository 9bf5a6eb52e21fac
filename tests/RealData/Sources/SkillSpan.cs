using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Data.Sources.Reading;
using TaskDsl.Vocabulary;

namespace RealData.Sources;

/// <summary>
/// SkillSpan: JSON Lines (in spite of the name) of tokens with two layers of IOB tags. Gives <c>text</c> and <c>spans</c>.
/// </summary>
[Keyword("skillspan")]
public sealed record SkillSpan : FileSource
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var record in new JsonLines { Path = path }.ReadAsync(path, cancellationToken))
        {
            if (record.Error is not null)
            {
                yield return record;
                continue;
            }

            using var document = JsonDocument.Parse(record.Json);
            var tokens = Strings(document.RootElement, "tokens");
            var spans = new List<(string Kind, string Text)>();
            string? error = null;
            foreach (var layer in (string[])["skill", "knowledge"])
            {
                var found = new List<(string Kind, string Text)>();
                error ??= Iob.Read(tokens, Strings(document.RootElement, $"tags_{layer}"), found);
                spans.AddRange(found.Select(span => (layer, span.Text)));
            }

            yield return record with
            {
                Json = error is null
                    ? JsonSerializer.SerializeToUtf8Bytes(
                        new { text = string.Join(' ', tokens), spans = spans.Select(s => new { kind = s.Kind, text = s.Text }) }
                    )
                    : record.Json,
                Error = error,
            };
        }
    }

    private static List<string> Strings(JsonElement row, string name) =>
        [.. row.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
}
