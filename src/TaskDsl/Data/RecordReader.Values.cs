using System.Globalization;
using System.Text;
using System.Text.Json;
using TaskDsl.Tasks;
using TaskDsl.Unicode;

namespace TaskDsl.Data;

// The values of fields.
public ref partial struct RecordReader
{
    /// <summary>Reads a text of any number of lines.</summary>
    public readonly string ReadText()
    {
        if (json.TokenType != JsonTokenType.String)
            throw Wrong("a text");
        return NotBlank(String(), "text");
    }

    /// <summary>Reads a text of one line.</summary>
    public readonly string ReadString()
    {
        if (json.TokenType != JsonTokenType.String)
            throw Wrong("a text");
        var text = String();
        if (!answer && text.AsSpan().ContainsAny('\n', '\r'))
            throw Error("", "a text with line breaks", "one line (type 'text' takes several)");
        return NotBlank(text, "string");
    }

    /// <summary>Reads a whole number.</summary>
    public readonly int ReadInt()
    {
        const string expected = "a whole number from -2147483648 to 2147483647";
        int value;
        if (textValues && json.TokenType == JsonTokenType.String)
        {
            if (!int.TryParse(String(), NumberStyles.Integer, CultureInfo.InvariantCulture, out value))
                throw Wrong(expected);
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
            if (!double.TryParse(String(), NumberStyles.Float, CultureInfo.InvariantCulture, out value))
                throw Wrong(expected);
        }
        else if (json.TokenType != JsonTokenType.Number || !json.TryGetDouble(out value))
        {
            throw Wrong(expected);
        }

        if (!double.IsFinite(value))
            throw Wrong(expected);
        return value;
    }

    /// <summary>Reads true or false.</summary>
    public readonly bool ReadBool()
    {
        if (json.TokenType is JsonTokenType.True or JsonTokenType.False)
            return json.TokenType == JsonTokenType.True;
        if (!textValues || json.TokenType != JsonTokenType.String || !bool.TryParse(String(), out var value))
            throw Wrong("true or false");
        return value;
    }

    /// <summary>Reads a label: in data its key or a surface form, in an answer the surface form of the language.</summary>
    public readonly TLabel ReadLabel<TLabel>(LabelTable<TLabel> labels)
        where TLabel : struct, Enum
    {
        // Data often says 0 and 1, or true and false, where these are the labels' keys.
        var isBare = !answer && json.TokenType is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False;
        if ((json.TokenType != JsonTokenType.String && !isBare) || json.ValueSpan.Length > 1024)
            throw Wrong(labels.Expected("", answer ? Language : null));
        Span<char> chars = stackalloc char[json.ValueSpan.Length];
        var word = chars[..(isBare ? Encoding.ASCII.GetChars(json.ValueSpan, chars) : Copy(chars))];
        if (answer ? labels.TryParse(word, Language, out var label) : labels.TryRead(word, Language, out label))
            return label;
        throw Error("", $"'{Visible.Of(word.ToString())}'", labels.Expected(word, answer ? Language : null));
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
            if (!set.Contains(label))
                set.Add(label);
            else if (!answer)
                throw Error("", $"'{labels.Key(label)}' a second time", "each label once");
        }

        if (labels.Lacking(set.Count) is { } few)
            throw Error("", few, labels.Wanted);
        return LabelSet.Create<TLabel>(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(set));
    }

    /// <summary>Reads a list of entities, each as <c>{"kind": …, "text": …}</c>.</summary>
    public ValueList<Entity<TKind>> ReadEntities<TKind>(LabelTable<TKind> kinds)
        where TKind : struct, Enum
    {
        BeginList("a list of entities [{\"kind\": …, \"text\": …}, …]");
        var list = new RentedItems<Entity<TKind>>();
        while (NextItem())
        {
            TKind kind = default;
            var text = "";
            if (json.TokenType != JsonTokenType.StartObject)
                throw Wrong("an entity {\"kind\": …, \"text\": …}; places in the text, as doccano writes them, are not read");
            var fields = Begin(EntityFields.Instance);
            while (Next(ref fields))
            {
                if (fields.Index == 0)
                    kind = ReadLabel(kinds);
                else
                    text = ReadEntityText();
            }

            list.Add(new Entity<TKind>(kind, text));
        }

        return list.ToValueList();
    }

    /// <summary>Reads a list.</summary>
    public ValueList<T> ReadList<T>(ReadItem<T> readItem)
    {
        BeginList("a list […]");
        var list = new RentedItems<T>();
        while (NextItem())
            list.Add(readItem(ref this));
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
        if (entities is null)
            return;
        for (var i = 0; i < entities.Count; i++)
        {
            var piece = entities[i].Text;
            if (piece.Length == 0 || text is null || !text.Contains(piece, StringComparison.Ordinal))
                throw new RecordException(
                    $"{field}[{i}].text",
                    RecordPath.Quote(piece),
                    $"a piece of '{source}', letter by letter{(text is null ? "" : Written(text, piece))}"
                );
        }
    }

    private string ReadEntityText()
    {
        isRequired = false;
        var text = ReadText();
        return fromData && Texts.IsBlank(text) ? throw Error("", Texts.DescribeBlank(text), "the text of an entity") : text;
    }

    // A required text that says nothing is one that its file lacks.
    private readonly string NotBlank(string text, string type) =>
        fromData && isRequired && Texts.IsBlank(text)
            ? throw Error(
                "",
                Texts.DescribeBlank(text),
                $"a text that says something (where it may be blank, make it optional: type '{type}?')"
            )
            : text;

    private static string Written(string text, string piece) =>
        LookAlike.Find(text, piece) is { } other && other != piece
            ? $"; it stands there but for {LookAlike.Difference(piece, other)}, as {RecordPath.Quote(other)}{LookAlike.Cure(piece, other)}"
        : piece.Length > 0 && text.IndexOf(piece, StringComparison.OrdinalIgnoreCase) is >= 0 and var at
            ? $"; it stands there as {RecordPath.Quote(text.Substring(at, piece.Length))}"
        : "";

    private static class EntityFields
    {
        public static readonly RecordFields Instance = new("kind", "text");
    }
}
