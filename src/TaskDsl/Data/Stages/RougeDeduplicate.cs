using System.Buffers;
using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TaskDsl.Metrics;
using TaskDsl.Tasks;
using TaskDsl.Unicode;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Leaves out what is nearly the same as an example kept before it: ROUGE-L of their texts, the F1 of their longest common subsequence of
/// words, is the threshold or more (Self-Instruct, arXiv 2212.10560).
/// </summary>
/// <remarks>
/// Each is compared with all that are kept, so that time grows with the square of their number; for many, <c>near_deduplicate</c> asks the
/// same of shingles. Four bytes of memory are taken for each word kept. A text without words is like no other.
/// </remarks>
[Keyword("rouge_deduplicate")]
public sealed record RougeDeduplicate : Stage
{
    /// <summary>The ROUGE-L from which two examples are taken for the same.</summary>
    [Shorthand, Range(0.1, 1.0)]
    public double Threshold { get; init; } = 0.7;

    /// <summary>The text that is compared: an expression over the fields. Default: all the texts of the input.</summary>
    public TextExpression? By { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var kept = new List<(int[] Words, RecordOrigin Origin)>();
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var json = new ArrayBufferWriter<byte>();
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            int[] words = [.. Texts(example).SelectMany(TextWords.Of).Select(Number)];
            if (FirstAlike(words, kept) is (var origin, var similarity))
            {
                context.Drop(example, "near duplicate", FormattableString.Invariant($"near duplicate of {origin} ({similarity:0.00})"));
                continue;
            }

            if (words.Length > 0)
                kept.Add((words, example.Origin));
            yield return example;
        }

        int Number(string word) => numbers.TryGetValue(word, out var number) ? number : numbers[word] = numbers.Count;

        IReadOnlyList<string> Texts(Example example)
        {
            if (By is not null)
                return [By.Of(example) ?? ""];
            json.ResetWrittenCount();
            context.Task.WriteInput(json, example.InputValue);
            var texts = new List<string>();
            var reader = new Utf8JsonReader(json.WrittenSpan);
            while (reader.Read())
                if (reader.TokenType == JsonTokenType.String)
                    texts.Add(reader.GetString()!);
            return texts;
        }
    }

    /// <summary>The first of the examples kept that is alike enough; null where none is.</summary>
    private (RecordOrigin Origin, double Similarity)? FirstAlike(int[] words, List<(int[] Words, RecordOrigin Origin)> kept)
    {
        foreach (var (other, origin) in kept)
        {
            // No common subsequence is longer than the shorter text.
            if (2.0 * Math.Min(words.Length, other.Length) < Threshold * (words.Length + other.Length))
                continue;
            if (RougeL.F1<int>(words, other) is var similarity && similarity >= Threshold)
                return (origin, similarity);
        }

        return null;
    }
}
