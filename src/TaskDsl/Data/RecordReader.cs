using System.Text.Json;

namespace TaskDsl.Data;

/// <summary>Reads one record strictly: what generated readers are written against.</summary>
public ref struct RecordReader
{
    private readonly string language;
    private readonly DataSource? source;
    private readonly bool textValues;
    private Utf8JsonReader json;

    /// <summary>Begins to read a record.</summary>
    /// <param name="json">One JSON object in UTF-8.</param>
    /// <param name="source">Whose column map and ignore list apply; null for none.</param>
    /// <param name="textValues">Whether numbers, booleans and labels are read from strings, as a CSV file has them.</param>
    /// <param name="language">The language tag of the record.</param>
    public RecordReader(ReadOnlySpan<byte> json, DataSource? source, bool textValues, string language)
    {
        this.json = new Utf8JsonReader(json);
        this.source = source;
        this.textValues = textValues;
        this.language = language;
    }
}
