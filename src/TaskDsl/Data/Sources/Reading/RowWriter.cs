using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>
/// Writes the rows of columnar files as JSON: times as ISO 8601, decimals as the number that they are. What JSON has no number for (NaN,
/// infinities) becomes its name, so that the record's error can show it; a cell that no record can hold is the error of its row.
/// </summary>
internal sealed class RowWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Utf8JsonWriter json;
    private string column = "";
    private string? error;

    public RowWriter() =>
        json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Begins a row.</summary>
    public void BeginRow()
    {
        buffer.ResetWrittenCount();
        json.Reset();
        error = null;
        json.WriteStartObject();
    }

    /// <summary>Begins a cell of the row.</summary>
    public void Column(string name) => json.WritePropertyName(column = name);

    /// <summary>Ends the row: its record is valid until the next begins.</summary>
    public SourceRecord EndRow(long row)
    {
        json.WriteEndObject();
        json.Flush();
        return new SourceRecord(buffer.WrittenMemory, row, Error: error);
    }

    public void BeginObject() => json.WriteStartObject();

    public void Name(string name) => json.WritePropertyName(name);

    public void EndObject() => json.WriteEndObject();

    public void BeginList() => json.WriteStartArray();

    public void EndList() => json.WriteEndArray();

    public void Null() => json.WriteNullValue();

    public void Write(bool value) => json.WriteBooleanValue(value);

    public void Write(long value) => json.WriteNumberValue(value);

    public void Write(ulong value) => json.WriteNumberValue(value);

    public void Write(decimal value) => json.WriteNumberValue(value);

    public void Write(BigInteger value) => WriteNumber(value.ToString(CultureInfo.InvariantCulture));

    public void Write(double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    public void Write(float value)
    {
        if (float.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A number that is written out already.</summary>
    public void WriteNumber(string digits) => json.WriteRawValue(digits);

    public void Write(Guid value) => json.WriteStringValue(value);

    public void Write(DateOnly value) => json.WriteStringValue(value.ToString("O", CultureInfo.InvariantCulture));

    public void Write(TimeOnly value) => json.WriteStringValue(value.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture));

    /// <summary>A moment; one without a zone is written without one.</summary>
    public void Write(DateTime value) =>
        json.WriteStringValue(
            value.ToString(
                value.Kind == DateTimeKind.Utc ? "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ" : "yyyy-MM-ddTHH:mm:ss.FFFFFFF",
                CultureInfo.InvariantCulture
            )
        );

    public void Write(ReadOnlySpan<char> value) => json.WriteStringValue(value);

    /// <summary>Bytes, which are text where they are UTF-8.</summary>
    public void Write(ReadOnlySpan<byte> value)
    {
        if (Utf8.IsValid(value))
            json.WriteStringValue(value);
        else
            Fail("bytes that are no UTF-8", "a text");
    }

    /// <summary>Writes null for a cell that no record can hold.</summary>
    public void Fail(string found, string expected)
    {
        error ??= $"field '{column}': found {found}, expected {expected} (a column that is not wanted is listed under 'ignore')";
        json.WriteNullValue();
    }

    public void Dispose() => json.Dispose();
}
