using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Vocabulary;

namespace RealData.Sources;

/// <summary>
/// LawBench 2-6: the answer is one string of kinds, each with its texts: <c>受害人:严某某、肖某某;组织机构:公安机关</c>. Gives <c>question</c>
/// without its first word, and <c>entities</c>. Texts that do not stand in the question as they are joined are several.
/// </summary>
[Keyword("lawbench_entities"), Revision(1)]
public sealed record LawBenchEntities : FileSource
{
    private const string Head = "句子:";

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
            var question = document.RootElement.GetProperty("question").GetString()!.Trim();
            if (question.StartsWith(Head, StringComparison.Ordinal))
                question = question[Head.Length..];
            var answer = document.RootElement.GetProperty("answer").GetString()!;
            yield return record with
            {
                Json = JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        question,
                        entities = answer
                            .Split(';', StringSplitOptions.RemoveEmptyEntries)
                            .Select(part => part.Split(':', 2))
                            .SelectMany(part => Texts(part[^1], question).Select(text => new { kind = part[0], text })),
                    }
                ),
            };
        }
    }

    private static string[] Texts(string joined, string question) =>
        question.Contains(joined, StringComparison.Ordinal) ? [joined] : joined.Split('、');
}
