namespace TaskDsl.Data;

/// <summary>A record does not fit its task.</summary>
/// <param name="field">The field, as <c>facts[2].kind</c>; empty for the record as a whole.</param>
/// <param name="found">What stands there.</param>
/// <param name="expected">What was expected.</param>
public sealed class RecordException(string field, string found, string expected)
    : Exception($"{(field.Length == 0 ? "" : $"field '{field}': ")}found {found}, expected {expected}")
{
    /// <summary>The field; empty for the record as a whole.</summary>
    public string Field { get; } = field;

    /// <summary>What stands there.</summary>
    public string Found { get; } = found;

    /// <summary>What was expected.</summary>
    public string Expected { get; } = expected;

    /// <summary>A message as a sentence behind which another stands.</summary>
    internal static string Sentence(string message) => message.EndsWith('?') || message.EndsWith('.') ? message : message + ".";
}
