using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>Reads one value of a list.</summary>
public delegate T ReadItem<out T>(ref RecordReader reader);

/// <summary>
/// Reads one record strictly: what generated readers are written against. Whatever does not fit (a missing, unknown or repeated field, a
/// wrong type, an undeclared label, broken JSON) is a <see cref="RecordException"/> that names the field.
/// </summary>
/// <remarks>
/// An object is read by <see cref="Begin"/> and then <see cref="Next"/> until it gives false; after each true the reader stands on the
/// value of the field that the cursor names, which one of the other methods must read.
/// </remarks>
public ref struct RecordReader
{
    private readonly ReadOnlySpan<byte> utf8;
    private readonly ColumnMap? columns;
    private readonly bool textValues;
    private readonly bool answer;
    private Utf8JsonReader json;

    /// <summary>Begins to read a record.</summary>
    /// <param name="json">One JSON object in UTF-8.</param>
    /// <param name="source">Whose column map and ignore list apply; null for none.</param>
    /// <param name="textValues">Whether numbers, booleans and labels are read from strings, as a CSV file has them.</param>
    /// <param name="language">The language tag of the record.</param>
    public RecordReader(ReadOnlySpan<byte> json, DataSource? source, bool textValues, string language)
        : this(json, ColumnMap.Of(source), textValues, answer: false, language)
    {
    }

    private RecordReader(ReadOnlySpan<byte> json, ColumnMap? columns, bool textValues, bool answer, string language)
    {
        utf8 = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        this.json = new Utf8JsonReader(utf8);
        this.columns = columns;
        this.textValues = textValues;
        this.answer = answer;
        Language = language;
    }

    /// <summary>Begins to read an answer in JSON: labels stand in it as surface forms of the language.</summary>
    public static RecordReader Answer(ReadOnlySpan<byte> json, string language) => new(json, null, textValues: false, answer: true, language);

    /// <summary>The language tag of the record.</summary>
    public string Language { get; }

    /// <summary>What the source's group column says, once the record is read; null where the source names none, or it is not there.</summary>
    public string? Group { get; private set; }

    /// <summary>Whether the value is null (in a file that knows only text: empty).</summary>
    public readonly bool IsNull => json.TokenType == JsonTokenType.Null || (textValues && json.TokenType == JsonTokenType.String && json.ValueSpan.IsEmpty);

    /// <summary>Begins an object: the record itself, or the one that the reader stands on.</summary>
    public RecordFields.Cursor Begin(RecordFields fields)
    {
        var outermost = json.TokenType == JsonTokenType.None;
        if (outermost) Read();
        if (json.TokenType != JsonTokenType.StartObject) throw Wrong("an object {…}");
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
                if (missing != 0) throw Missing(cursor.Fields.Names[BitOperations.TrailingZeroCount(missing)], cursor.Outermost);
                if (cursor.Outermost) Read();
                return false;
            }

            var index = Find(ref cursor);
            if (index >= 0)
            {
                var bit = 1UL << index;
                if ((cursor.Seen & bit) != 0) throw Error(cursor.Fields.Names[index], "the field a second time", "each field once");
                cursor.Seen |= bit;
                cursor.Index = index;
                Read();
                if ((cursor.Fields.PassedOver & bit) == 0) return true;
            }

            Skip();
        }
    }

    /// <summary>Reads a text of any number of lines.</summary>
    public readonly string ReadText()
    {
        if (json.TokenType != JsonTokenType.String) throw Wrong("a text");
        return String();
    }

    /// <summary>Reads a text of one line.</summary>
    public readonly string ReadString()
    {
        if (json.TokenType != JsonTokenType.String) throw Wrong("a text");
        var text = String();
        if (!answer && text.AsSpan().ContainsAny('\n', '\r')) throw Error("", "a text with line breaks", "one line (type 'text' takes several)");
        return text;
    }

    /// <summary>Reads a whole number.</summary>
    public readonly int ReadInt()
    {
        const string expected = "a whole number from -2147483648 to 2147483647";
        int value;
        if (textValues && json.TokenType == JsonTokenType.String)
        {
            if (!int.TryParse(String(), NumberStyles.Integer, CultureInfo.InvariantCulture, out value)) throw Wrong(expected);
        }
        else if (json.TokenType != JsonTokenType.Number || !json.TryGetInt32(out value))
        {
            throw Wrong(expected);
        }

        return value;
    }

    /// <summary>Reads a number.</summary>
    public readonly double ReadFloat()
    {
        const string expected = "a number that a double can hold";
        double value;
        if (textValues && json.TokenType == JsonTokenType.String)
        {
            if (!double.TryParse(String(), NumberStyles.Float, CultureInfo.InvariantCulture, out value)) throw Wrong(expected);
        }
        else if (json.TokenType != JsonTokenType.Number || !json.TryGetDouble(out value))
        {
            throw Wrong(expected);
        }

        if (!double.IsFinite(value)) throw Wrong(expected);
        return value;
    }

    /// <summary>Reads true or false.</summary>
    public readonly bool ReadBool()
    {
        if (json.TokenType is JsonTokenType.True or JsonTokenType.False) return json.TokenType == JsonTokenType.True;
        if (!textValues || json.TokenType != JsonTokenType.String || !bool.TryParse(String(), out var value)) throw Wrong("true or false");
        return value;
    }

    /// <summary>Reads a label: in data its key or a surface form, in an answer the surface form of the language.</summary>
    public readonly TLabel ReadLabel<TLabel>(LabelTable<TLabel> labels)
        where TLabel : struct, Enum
    {
        // Data often says 0 and 1, or true and false, where these are the labels' keys.
        var isBare = !answer && json.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False;
        if ((json.TokenType != JsonTokenType.String && !isBare) || json.ValueSpan.Length > 1024) throw Wrong(labels.Expected("", answer ? Language : null));
        Span<char> chars = stackalloc char[json.ValueSpan.Length];
        var word = chars[..(isBare ? Encoding.ASCII.GetChars(json.ValueSpan, chars) : Copy(chars))];
        if (answer ? labels.TryParse(word, Language, out var label) : labels.TryRead(word, Language, out label)) return label;
        throw Error("", $"'{word}'", labels.Expected(word, answer ? Language : null));
    }

    /// <summary>Reads a list of labels, none of them twice.</summary>
    public LabelSet<TLabel> ReadLabels<TLabel>(LabelTable<TLabel> labels)
        where TLabel : struct, Enum
    {
        BeginList("a list of labels");
        var set = new List<TLabel>();
        while (NextItem())
        {
            var label = ReadLabel(labels);
            if (!set.Contains(label)) set.Add(label);
            else if (!answer) throw Error("", $"'{labels.Key(label)}' a second time", "each label once");
        }

        return LabelSet.Create<TLabel>(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(set));
    }

    /// <summary>Reads a list of entities, each as <c>{"kind": …, "text": …}</c>.</summary>
    public ValueList<Entity<TKind>> ReadEntities<TKind>(LabelTable<TKind> kinds)
        where TKind : struct, Enum
    {
        BeginList("a list of entities [{\"kind\": …, \"text\": …}, …]");
        var list = new Items<Entity<TKind>>();
        while (NextItem())
        {
            TKind kind = default;
            var text = "";
            var fields = Begin(EntityFields.Instance);
            while (Next(ref fields))
            {
                if (fields.Index == 0) kind = ReadLabel(kinds);
                else text = ReadText();
            }

            list.Add(new Entity<TKind>(kind, text));
        }

        return list.ToValueList();
    }

    /// <summary>Reads a list.</summary>
    public ValueList<T> ReadList<T>(ReadItem<T> readItem)
    {
        BeginList("a list […]");
        var list = new Items<T>();
        while (NextItem()) list.Add(readItem(ref this));
        return list.ToValueList();
    }

    /// <summary>Checks that the text of each entity stands in the text that it is said to be copied from.</summary>
    /// <param name="field">The field of the entities.</param>
    /// <param name="entities">The entities; null where there are none.</param>
    /// <param name="source">The field of the text.</param>
    /// <param name="text">The text.</param>
    public static void CheckCopied<TKind>(string field, ValueList<Entity<TKind>>? entities, string source, string? text)
        where TKind : struct, Enum
    {
        if (entities is null) return;
        for (var i = 0; i < entities.Count; i++)
        {
            var piece = entities[i].Text;
            if (piece.Length == 0 || text is null || !text.Contains(piece, StringComparison.Ordinal))
                throw new RecordException($"{field}[{i}].text", RecordPath.Quote(piece), $"a piece of '{source}', letter by letter");
        }
    }

    private void BeginList(string expected)
    {
        if (json.TokenType == JsonTokenType.StartArray) return;
        throw Wrong(textValues ? $"{expected}, which a file of plain columns cannot hold (JSON Lines can)" : expected);
    }

    private bool NextItem()
    {
        Read();
        return json.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>The place of the property's name among the fields; -1 where the source says that it is not wanted.</summary>
    private int Find(ref RecordFields.Cursor cursor)
    {
        var fields = cursor.Fields;
        var isGroup = false;
        if (cursor.Outermost && columns is not null)
        {
            isGroup = columns.IsGroup(ref json);
            if (isGroup) ReadGroup();
            if (columns.FieldOf(ref json) is { } field)
            {
                var mapped = Array.IndexOf(fields.Names, field);
                if (mapped >= 0) return mapped;
            }

            if (columns.Ignores(ref json)) return -1;
        }

        // Records mostly have their fields in the same order.
        var guess = cursor.Index + 1;
        if (guess >= fields.Utf8.Length || !json.ValueTextEquals(fields.Utf8[guess]))
        {
            for (guess = fields.Utf8.Length - 1; guess >= 0; guess--)
                if (json.ValueTextEquals(fields.Utf8[guess])) break;
        }

        if (guess < 0 || (cursor.Outermost && columns is not null && columns.ColumnOf(fields.Names[guess]) != fields.Names[guess])) return isGroup ? -1 : throw Unknown(cursor);
        return guess;
    }

    // Read ahead: the column may be a field too.
    private void ReadGroup()
    {
        var at = json;
        Read();
        if (json.TokenType is JsonTokenType.String) Group = String();
        else if (json.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False) Group = Encoding.ASCII.GetString(json.ValueSpan);
        else if (json.TokenType is not JsonTokenType.Null) throw Wrong("a text or a number that says the group");
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

    private static RecordException Broken(JsonException e)
    {
        // Its message ends with the line (always 0 here) and the byte, which people count from 1.
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new RecordException("", $"broken JSON at byte {e.BytePositionInLine + 1}: {(end < 0 ? e.Message : e.Message[..end])}", "one JSON object");
    }

    private readonly RecordException Error(string name, string found, string expected) =>
        new(RecordPath.Join(RecordPath.Of(utf8, json.TokenStartIndex, columns), name), found, expected);

    private readonly RecordException Wrong(string expected) => Error("", RecordPath.Describe(json), expected);

    private readonly RecordException Missing(string name, bool outermost) =>
        Error(outermost && columns is not null && columns.ColumnOf(name) is var column && column != name ? $"{name} (column '{column}')" : name, "nothing", "a value: the field is missing");

    private readonly RecordException Unknown(in RecordFields.Cursor cursor)
    {
        var name = String();
        var fields = cursor.Fields;
        var names = fields.Names.Where((_, i) => (fields.PassedOver >> i & 1) == 0).ToArray();
        var hint = cursor.Outermost && !answer ? " (a column that is not wanted is listed under 'ignore')" : "";
        return Error(name, "a field that is not declared", $"one of {string.Join(", ", names)}{NearestWord.Suggestion(name, names)}{hint}");
    }

    private static class EntityFields
    {
        public static readonly RecordFields Instance = new("kind", "text");
    }

    /// <summary>Gathers items in rented memory.</summary>
    private struct Items<T>()
    {
        private T[] items = ArrayPool<T>.Shared.Rent(8);
        private int count;

        public void Add(T item)
        {
            if (count == items.Length)
            {
                var larger = ArrayPool<T>.Shared.Rent(count * 2);
                items.CopyTo(larger, 0);
                Return();
                items = larger;
            }

            items[count++] = item;
        }

        public readonly ValueList<T> ToValueList()
        {
            var list = ValueList.Create<T>(items.AsSpan(0, count));
            Return();
            return list;
        }

        private readonly void Return() => ArrayPool<T>.Shared.Return(items, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
    }
}
