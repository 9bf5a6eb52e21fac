using System.Diagnostics.CodeAnalysis;
using TaskDsl.Data;

namespace TaskDsl.Codecs;

/// <summary>
/// Format <c>json</c>: all fields as one compact JSON object, in the order of their declaration, labels as surface forms.
/// </summary>
public static class JsonCodec
{
    /// <summary>Parses an answer, whatever the order of its fields and the blanks between them; the error says why not.</summary>
    public static bool TryParse<T>(
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
