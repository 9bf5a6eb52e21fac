using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Vocabulary;

namespace RealData.Sources;

/// <summary>
/// LawBench 3-1 and 3-4: behind the facts of a case stand the charges, and in 3-4 the articles too. Gives <c>facts</c>, <c>charges</c> and
/// <c>numbers</c> of the answer: the articles, or the months; in 3-4 also <c>articles</c>.
/// </summary>
[Keyword("lawbench_case"), Revision(1)]
public sealed partial record LawBenchCase : FileSource
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
            var question = document.RootElement.GetProperty("question").GetString()!;
            var answer = document.RootElement.GetProperty("answer").GetString()!;
            int[] numbers = [.. Digits().Matches(answer).Select(match => int.Parse(match.ValueSpan))];
            var named = question.LastIndexOf("罪名:", StringComparison.Ordinal);
            if (numbers.Length == 0 || named < 0)
            {
                yield return record with
                {
                    Error = $"the answer is {answer}, and the charges stand at {named}: no number or no charge",
                };
                continue;
            }

            var charges = question[(named + "罪名:".Length)..].Split("法条:");
            var facts = question[..named].Trim();
            yield return record with
            {
                Json =
                    charges.Length == 1
                        ? JsonSerializer.SerializeToUtf8Bytes(
                            new
                            {
                                facts,
                                charges = Plain(charges[0]),
                                numbers = numbers.Select(n => $"{n}"),
                            }
                        )
                        : JsonSerializer.SerializeToUtf8Bytes(
                            new
                            {
                                facts,
                                charges = Plain(charges[0]),
                                articles = Plain(charges[1]),
                                numbers = numbers[0],
                            }
                        ),
            };
        }
    }

    private static string Plain(string text) => text.Trim().TrimEnd('。');

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
