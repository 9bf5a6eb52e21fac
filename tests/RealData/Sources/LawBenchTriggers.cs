using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Vocabulary;

namespace RealData.Sources;

/// <summary>
/// LawBench 2-10: the answer is one string of trigger words, separated by semicolons. Gives <c>instruction</c>, <c>question</c>, a
/// sentence, <c>asked</c>, the sentence and behind it the events that the instruction names, and <c>triggers</c> as a list.
/// </summary>
[Keyword("lawbench_triggers"), Revision(2)]
public sealed record LawBenchTriggers : FileSource
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
            yield return record with
            {
                Json = JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        instruction = row.GetProperty("instruction").GetString(),
                        question = row.GetProperty("question").GetString(),
                        asked = $"{row.GetProperty("question").GetString()}\n事件：{Events(row.GetProperty("instruction").GetString()!)}",
                        triggers = row.GetProperty("answer").GetString()!.Split(';').Select(text => new { kind = "trigger", text }),
                    }
                ),
            };
        }
    }

    // "…，事件包括：搜查/扣押,退赃。请直接…"
    private static string Events(string instruction) => instruction.Split("事件包括：")[^1].Split('。')[0];
}
