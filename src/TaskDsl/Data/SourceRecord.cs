namespace TaskDsl.Data;

/// <summary>One record as it comes out of a file, before it is typed.</summary>
/// <param name="Json">One JSON object in UTF-8; valid until the next record is asked for.</param>
/// <param name="Line">The line or row, from 1.</param>
/// <param name="Key">The record's key in a keyed file; else null.</param>
/// <param name="TextValues">Whether every value is text because the format knows no other (CSV): numbers and booleans are then read from
/// strings.
/// </param>
/// <param name="Error">Why the record could not be read at all (invalid UTF-8, a broken row); else null. <paramref name="Json"/> then
/// holds its raw bytes.
/// </param>
/// <param name="Notice">What its reader should know of the file, though nothing is wrong with the record; each is told once a file.</param>
public readonly record struct SourceRecord(
    ReadOnlyMemory<byte> Json,
    long Line,
    string? Key = null,
    bool TextValues = false,
    string? Error = null,
    string? Notice = null
);
