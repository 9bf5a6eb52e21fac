using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Vocabulary;

namespace RealData.Sources;

/// <summary>
/// The CSV of SEntFiN, whose column <c>Decisions</c> is a dictionary as Python prints it, never JSON. Gives <c>title</c> and
/// <c>sentiments</c>. A word of the project's own: the YAML knows it as soon as this file is here.
/// </summary>
[Keyword("sentfin")]
public sealed record Sentfin : FileSource
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<SourceRecord> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var record in new Csv { Path = path }.ReadAsync(path, cancellationToken))
        {
            if (record.Error is not null)
            {
                yield return record;
                continue;
            }

            using var row = JsonDocument.Parse(record.Json);
            var decisions = row.RootElement.GetProperty("Decisions").GetString()!;
            yield return PythonDictionary(decisions) is { } sentiments
                ? record with
                {
                    Json = JsonSerializer.SerializeToUtf8Bytes(
                        new
                        {
                            title = row.RootElement.GetProperty("Title").GetString(),
                            sentiments = sentiments.Select(s => new { kind = s.Sentiment, text = s.Entity }),
                        }
                    ),
                    TextValues = false,
                }
                : record with
                {
                    Error = $"column 'Decisions' is {decisions}, which is not a Python dictionary: a quote inside a value is not escaped",
                };
        }
    }

    /// <summary>Reads <c>{'a': 'b', "c's": 'd'}</c> strictly; null where Python would not read it either.</summary>
    private static List<(string Entity, string Sentiment)>? PythonDictionary(string text)
    {
        var pairs = new List<(string, string)>();
        var rest = text.AsSpan().Trim();
        if (!Take(ref rest, '{'))
            return null;
        while (!Take(ref rest, '}'))
        {
            if (pairs.Count > 0 && !Take(ref rest, ','))
                return null;
            if (Quoted(ref rest) is not { } key || !Take(ref rest, ':') || Quoted(ref rest) is not { } value)
                return null;
            pairs.Add((key, value));
        }

        return rest.IsEmpty ? pairs : null;
    }

    private static bool Take(ref ReadOnlySpan<char> rest, char expected)
    {
        rest = rest.TrimStart();
        if (rest.IsEmpty || rest[0] != expected)
            return false;
        rest = rest[1..];
        return true;
    }

    private static string? Quoted(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart();
        if (rest.IsEmpty || rest[0] is not ('\'' or '"'))
            return null;
        var quote = rest[0];
        var value = new StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == quote)
            {
                rest = rest[(i + 1)..];
                return value.ToString();
            }

            if (rest[i] == '\\' && i + 1 < rest.Length)
                i++;
            value.Append(rest[i]);
        }

        return null;
    }
}
