using System.Buffers;
using System.Globalization;
using System.Text;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>
/// Writes one record as compact JSON: the twin of <see cref="RecordReader"/>, which generated writers are written against. Only quotes,
/// backslashes and control characters are escaped, so that a model sees text as people write it. It allocates nothing.
/// </summary>
/// <remarks>A text with half a surrogate pair has no UTF-8: U+FFFD is written in its place.</remarks>
public ref struct RecordWriter
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (char)c), '"', '\\']);

    private readonly IBufferWriter<byte> utf8;
    private readonly string? language;
    private bool comma;

    /// <summary>Begins to write a record: labels are written as their keys.</summary>
    public RecordWriter(IBufferWriter<byte> utf8)
        : this(utf8, null) { }

    private RecordWriter(IBufferWriter<byte> utf8, string? language)
    {
        this.utf8 = utf8;
        this.language = language;
    }

    /// <summary>Begins to write an answer: labels are written as surface forms of the language.</summary>
    public static RecordWriter Answer(IBufferWriter<byte> utf8, string language) => new(utf8, language);

    /// <summary>Begins an object.</summary>
    public void Begin() => Open((byte)'{');

    /// <summary>Ends an object.</summary>
    public void End() => Close((byte)'}');

    /// <summary>Writes a field's name, which needs no escaping; its value comes next.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        Separate();
        var span = utf8.GetSpan(name.Length + 3);
        span[0] = (byte)'"';
        name.CopyTo(span[1..]);
        "\":"u8.CopyTo(span[(name.Length + 1)..]);
        utf8.Advance(name.Length + 3);
        comma = false;
    }

    /// <summary>Writes null.</summary>
    public void WriteNull() => Raw("null"u8);

    /// <summary>Writes a text.</summary>
    public void WriteText(string? value)
    {
        if (value is null)
        {
            WriteNull();
            return;
        }

        Separate();
        utf8.Write("\""u8);
        var rest = value.AsSpan();
        while (rest.IndexOfAny(Escaped) is >= 0 and var next)
        {
            Encoding.UTF8.GetBytes(rest[..next], utf8);
            Escape(rest[next]);
            rest = rest[(next + 1)..];
        }

        Encoding.UTF8.GetBytes(rest, utf8);
        utf8.Write("\""u8);
        comma = true;
    }

    /// <summary>Writes a whole number.</summary>
    public void WriteInt(int? value)
    {
        if (value is { } number)
            Format(number);
        else
            WriteNull();
    }

    /// <summary>Writes a number, in the shortest form that reads back as the same value.</summary>
    /// <exception cref="ArgumentException">It is infinite or not a number, which JSON cannot say.</exception>
    public void WriteFloat(double? value)
    {
        if (value is not { } number)
            WriteNull();
        else if (double.IsFinite(number))
            Format(number);
        else
            throw new ArgumentException($"{number} cannot be written as JSON: a float field must be finite.", nameof(value));
    }

    /// <summary>Writes true or false.</summary>
    public void WriteBool(bool? value) =>
        Raw(
            value switch
            {
                true => "true"u8,
                false => "false"u8,
                null => "null"u8,
            }
        );

    /// <summary>Writes a label.</summary>
    public void WriteLabel<TLabel>(LabelTable<TLabel> labels, TLabel? value)
        where TLabel : struct, Enum
    {
        if (value is { } label)
            WriteText(language is null ? labels.Key(label) : labels.Surface(label, language));
        else
            WriteNull();
    }

    /// <summary>Writes labels.</summary>
    public void WriteLabels<TLabel>(LabelTable<TLabel> labels, LabelSet<TLabel>? value)
        where TLabel : struct, Enum
    {
        if (value is null)
        {
            WriteNull();
            return;
        }

        Open((byte)'[');
        foreach (var label in value)
            WriteLabel(labels, label);
        Close((byte)']');
    }

    /// <summary>Writes a choice of which several may be right: in an answer one letter, which is all that the value then has.</summary>
    public void WriteChoices(ValueList<string>? value)
    {
        if (value is null || language is not null)
            WriteText(value?[0]);
        else
            WriteList(value, static (ref RecordWriter writer, string text) => writer.WriteText(text));
    }

    /// <summary>Writes entities.</summary>
    public void WriteEntities<TKind>(LabelTable<TKind> kinds, ValueList<Entity<TKind>>? value)
        where TKind : struct, Enum
    {
        if (value is null)
        {
            WriteNull();
            return;
        }

        Open((byte)'[');
        foreach (var (kind, text) in value)
        {
            Begin();
            Name("kind"u8);
            WriteLabel(kinds, kind);
            Name("text"u8);
            WriteText(text);
            End();
        }

        Close((byte)']');
    }

    /// <summary>Writes a list.</summary>
    public void WriteList<T>(ValueList<T>? value, WriteItem<T> writeItem)
    {
        if (value is null)
        {
            WriteNull();
            return;
        }

        Open((byte)'[');
        foreach (var item in value)
            writeItem(ref this, item);
        Close((byte)']');
    }

    private void Open(byte bracket)
    {
        Separate();
        Put(bracket);
        comma = false;
    }

    private void Close(byte bracket)
    {
        Put(bracket);
        comma = true;
    }

    private readonly void Separate()
    {
        if (comma)
            Put((byte)',');
    }

    private void Raw(ReadOnlySpan<byte> value)
    {
        Separate();
        utf8.Write(value);
        comma = true;
    }

    private void Format<T>(T value)
        where T : IUtf8SpanFormattable
    {
        Separate();
        value.TryFormat(utf8.GetSpan(32), out var written, default, CultureInfo.InvariantCulture);
        utf8.Advance(written);
        comma = true;
    }

    private readonly void Put(byte value)
    {
        utf8.GetSpan(1)[0] = value;
        utf8.Advance(1);
    }

    private readonly void Escape(char c)
    {
        var letter = c switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            _ => (byte)0,
        };
        var span = utf8.GetSpan(6);
        if (letter != 0)
        {
            (span[0], span[1]) = ((byte)'\\', letter);
            utf8.Advance(2);
            return;
        }

        "\\u00"u8.CopyTo(span);
        ((int)c).TryFormat(span[4..], out _, "x2", CultureInfo.InvariantCulture);
        utf8.Advance(6);
    }
}
