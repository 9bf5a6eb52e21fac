using System.Numerics;
using System.Text;
using System.Text.Json;

namespace TaskDsl.Data;

/// <summary>
/// Reads one record strictly: what generated readers are written against. Whatever does not fit (a missing, unknown or repeated field, a
/// wrong type, an undeclared label, broken JSON) is a <see cref="RecordException"/> that names the field.
/// </summary>
/// <remarks>
/// An object is read by <see cref="Begin"/> and then <see cref="Next"/> until it gives false; after each true the reader stands on the
/// value of the field that the cursor names, which one of the other methods must read.
/// </remarks>
public ref partial struct RecordReader
{
    private readonly ReadOnlySpan<byte> utf8;
    private readonly ColumnMap? columns;
    private readonly bool textValues;
    private readonly bool answer;
    private readonly bool fromData;
    private Utf8JsonReader json;
    private bool isRequired;

    /// <summary>Begins to read a record.</summary>
    /// <param name="json">One JSON object in UTF-8.</param>
    /// <param name="source">Whose column map and ignore list apply; null for none.</param>
    /// <param name="textValues">Whether numbers, booleans and labels are read from strings, as a CSV file has them.</param>
    /// <param name="language">The language tag of the record.</param>
    public RecordReader(ReadOnlySpan<byte> json, DataSource? source, bool textValues, string language)
        : this(json, ColumnMap.Of(source), textValues, answer: false, fromData: source is not null, language) { }

    private RecordReader(ReadOnlySpan<byte> json, ColumnMap? columns, bool textValues, bool answer, bool fromData, string language)
    {
        utf8 = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        this.json = new Utf8JsonReader(utf8);
        this.columns = columns;
        this.textValues = textValues;
        this.answer = answer;
        this.fromData = fromData;
        Language = language;
    }

    /// <summary>Begins to read an answer in JSON: labels stand in it as surface forms of the language.</summary>
    public static RecordReader Answer(ReadOnlySpan<byte> json, string language) =>
        new(json, null, textValues: false, answer: true, fromData: false, language);

    /// <summary>Begins to read a record as one of a file is read, whose columns are its fields already.</summary>
    internal static RecordReader Data(ReadOnlySpan<byte> json, bool textValues, string language) =>
        new(json, null, textValues, answer: false, fromData: true, language);

    /// <summary>The language tag of the record.</summary>
    public string Language { get; }

    /// <summary>
    /// What the source's group column says, once the record is read; null where the source names none, or it is not there.
    /// </summary>
    public string? Group { get; private set; }

    /// <summary>Whether the value is null (in a file that knows only text: empty).</summary>
    public readonly bool IsNull =>
        json.TokenType == JsonTokenType.Null || (textValues && json.TokenType == JsonTokenType.String && json.ValueSpan.IsEmpty);

    /// <summary>Begins an object: the record itself, or the one that the reader stands on.</summary>
    public RecordFields.Cursor Begin(RecordFields fields)
    {
        var outermost = json.TokenType == JsonTokenType.None;
        if (outermost)
            Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw Wrong("an object {…}");
        return new RecordFields.Cursor(fields, outermost);
    }

    /// <summary>Goes to the object's next field; false at its end, where every required field has been there.</summary>
    public bool Next(ref RecordFields.Cursor cursor)
    {
        while (true)
        {
            Read();
            if (json.TokenType == JsonTokenType.EndObject)
            {
                var missing = cursor.Fields.Required & ~cursor.Seen;
                if (missing != 0)
                    throw Missing(cursor.Fields.Names[BitOperations.TrailingZeroCount(missing)], cursor.Outermost);
                if (cursor.Outermost)
                    Read();
                return false;
            }

            var index = Found(ref cursor);
            if (index >= 0)
            {
                var bit = 1UL << index;
                if ((cursor.Seen & bit) != 0)
                    throw Error(cursor.Fields.Names[index], "the field a second time", "each field once");
                cursor.Seen |= bit;
                cursor.Index = index;
                isRequired = (cursor.Fields.Required & bit) != 0;
                Read();
                if ((cursor.Fields.PassedOver & bit) == 0)
                    return true;
            }

            Skip();
        }
    }

    private void BeginList(string expected)
    {
        isRequired = false; // The list is; its items say nothing of themselves.
        if (json.TokenType == JsonTokenType.StartArray)
            return;
        throw Wrong(textValues ? $"{expected}, which a file of plain columns cannot hold (JSON Lines can)" : expected);
    }

    private bool NextItem()
    {
        Read();
        return json.TokenType != JsonTokenType.EndArray;
    }

    private int Found(ref RecordFields.Cursor cursor)
    {
        try
        {
            return Find(ref cursor);
        }
        catch (InvalidOperationException)
        {
            throw Error("", "the name of a field with invalid UTF-8 or half a surrogate pair", "valid Unicode");
        }
    }

    /// <summary>The place of the property's name among the fields; -1 where the source says that it is not wanted.</summary>
    private int Find(ref RecordFields.Cursor cursor)
    {
        var fields = cursor.Fields;
        var isGroup = false;
        if (cursor.Outermost && columns is not null)
        {
            isGroup = columns.IsGroup(ref json);
            if (isGroup)
                ReadGroup();
            if (columns.FieldOf(ref json) is { } field)
            {
                var mapped = Array.IndexOf(fields.Names, field);
                if (mapped >= 0)
                    return mapped;
            }

            if (columns.Ignores(ref json))
                return -1;
        }

        // Records mostly have their fields in the same order.
        var guess = cursor.Index + 1;
        if (guess >= fields.Utf8.Length || !json.ValueTextEquals(fields.Utf8[guess]))
        {
            for (guess = fields.Utf8.Length - 1; guess >= 0; guess--)
                if (json.ValueTextEquals(fields.Utf8[guess]))
                    break;
        }

        if (guess < 0 || (cursor.Outermost && columns is not null && columns.ColumnOf(fields.Names[guess]) != fields.Names[guess]))
            return isGroup ? -1 : throw Unknown(cursor);
        return guess;
    }

    // Read ahead: the column may be a field too.
    private void ReadGroup()
    {
        if (Group is not null)
            throw Error(String(), "the field a second time", "each field once");
        var at = json;
        Read();
        if (json.TokenType is JsonTokenType.String)
            Group = String();
        else if (json.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
            Group = Encoding.ASCII.GetString(json.ValueSpan);
        else if (json.TokenType is not JsonTokenType.Null)
            throw Wrong("a text or a number that says the group");
        json = at;
    }

    private void Read()
    {
        try
        {
            json.Read();
        }
        catch (JsonException e)
        {
            throw Broken(e);
        }
    }

    private void Skip()
    {
        try
        {
            json.Skip();
        }
        catch (JsonException e)
        {
            throw Broken(e);
        }
    }

    private readonly string String()
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error("", "a text with invalid UTF-8 or half a surrogate pair", "valid Unicode");
        }
    }

    private readonly int Copy(Span<char> chars)
    {
        try
        {
            return json.CopyString(chars);
        }
        catch (InvalidOperationException)
        {
            throw Error("", "a text with invalid UTF-8 or half a surrogate pair", "valid Unicode");
        }
    }
}
