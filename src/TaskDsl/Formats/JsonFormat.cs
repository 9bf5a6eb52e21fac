using System.Diagnostics.CodeAnalysis;
using TaskDsl.Data;
using TaskDsl.Metrics;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Formats;

/// <summary>
/// All fields as one compact JSON object on one line, in the order of their declaration, labels as surface forms: any output.
/// </summary>
[Keyword("json")]
public sealed record JsonFormat : OutputFormat
{
    /// <inheritdoc/>
    public override IReadOnlyList<Metric> Metrics => [new FieldAccuracy(), new ExactMatch()];

    /// <summary>Parses an answer, whatever the order of its fields and the blanks between them; the error says why not.</summary>
    public bool TryParse<T>(
        ReadOnlySpan<byte> utf8,
        string language,
        ReadItem<T> read,
        [NotNullWhen(true)] out T? answer,
        [NotNullWhen(false)] out string? error
    )
        where T : class
    {
        try
        {
            var reader = RecordReader.Answer(utf8, language);
            (answer, error) = (read(ref reader), null);
            return true;
        }
        catch (RecordException e)
        {
            (answer, error) = (null, e.Message);
            return false;
        }
    }
}
