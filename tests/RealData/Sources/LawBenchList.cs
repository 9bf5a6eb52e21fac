using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Vocabulary;

namespace RealData.Sources;

/// <summary>
/// LawBench 2-3, 2-9, 3-3: the answer is one string of labels. Gives <c>question</c> and <c>items</c>, the labels as a list.
/// </summary>
[Keyword("lawbench_list"), Revision(1)]
public sealed record LawBenchList : FileSource
{
    /// <summary>What stands before the labels, as <c>罪名:</c>.</summary>
    public string Before { get; init; } = "";

    /// <summary>What stands behind them.</summary>
    public string After { get; init; } = "";

    /// <summary>What stands between two.</summary>
    public string Between { get; init; } = ";";

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
            var (question, answer) = (Text(document, "question"), Text(document, "answer"));
            yield return answer.StartsWith(Before, StringComparison.Ordinal) && answer.EndsWith(After, StringComparison.Ordinal)
                ? record with
                {
                    Json = JsonSerializer.SerializeToUtf8Bytes(
                        new { question, items = answer[Before.Length..^After.Length].Split(Between) }
                    ),
                }
                : record with
                {
                    Error = $"the answer is {answer}, which does not stand between '{Before}' and '{After}'",
                };
        }
    }

    private static string Text(JsonDocument row, string name) => row.RootElement.GetProperty(name).GetString()!;
}
