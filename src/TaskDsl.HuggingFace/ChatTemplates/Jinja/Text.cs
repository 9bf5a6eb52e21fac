using System.Globalization;

namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>Who wrote a character of a rendered template.</summary>
internal enum Origin : byte
{
    /// <summary>The template: special tokens in it count.</summary>
    Template,

    /// <summary>A message: plain text, whatever it says.</summary>
    Message,

    /// <summary>The place of the answer.</summary>
    Answer,
}

/// <summary>
/// A text whose characters know their origin, through everything that a template does with it: what a user writes can never become a
/// special token, however the template cuts and joins it. Equal texts are equal whatever their origins. Counts and indexes are in code
/// points, as in Python.
/// </summary>
internal sealed class Text : IEquatable<Text>, IComparable<Text>
{
    private readonly bool wide;

    /// <param name="value">The characters.</param>
    /// <param name="origins">Their origins, one each; null = the template.</param>
    public Text(string value, Origin[]? origins = null)
    {
        (Value, Origins) = (value, origins);
        wide = value.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;
    }

    public static Text Empty { get; } = new("");

    public string Value { get; }

    public Origin[]? Origins { get; }

    /// <summary>The code points.</summary>
    public int Count => wide ? Value.Length - LowSurrogates(Value) : Value.Length;

    public static implicit operator Text(string value) => new(value);

    public static Text From(string value, Origin origin)
    {
        var origins = new Origin[value.Length];
        Array.Fill(origins, origin);
        return new Text(value, origins);
    }

    public static Text Concat(params ReadOnlySpan<Text> parts)
    {
        var length = 0;
        foreach (var part in parts)
            length += part.Value.Length;
        var builder = new TextBuilder(length);
        foreach (var part in parts)
            builder.Append(part);
        return builder.ToText();
    }

    /// <summary>A part, in UTF-16 units.</summary>
    public Text Part(int start, int length)
    {
        if (length == Value.Length)
            return this;
        var value = Value.Substring(start, length);
        return value.Length == 0 ? Empty : new Text(value, Origins?[start..(start + length)]);
    }

    /// <summary>The code points, one by one.</summary>
    public Text[] Characters()
    {
        var all = new Text[Count];
        for (int i = 0, at = 0; i < all.Length; i++)
        {
            var length = at + 1 < Value.Length && char.IsSurrogatePair(Value, at) ? 2 : 1;
            all[i] = Part(at, length);
            at += length;
        }

        return all;
    }

    public Text Trim(string? characters, bool start = true, bool end = true)
    {
        var (from, to) = (0, Value.Length);
        while (start && from < to && Strips(Value[from]))
            from++;
        while (end && to > from && Strips(Value[to - 1]))
            to--;
        return Part(from, to - from);

        bool Strips(char c) => characters is null ? IsSpace(c) : characters.Contains(c, StringComparison.Ordinal);
    }

    /// <summary>Pieces between separators, as Python's <c>split</c>; null = between runs of white space.</summary>
    public List<object?> Split(string? separator, int most)
    {
        var parts = new List<object?>();
        if (separator is null)
        {
            for (var at = 0; ; )
            {
                while (at < Value.Length && IsSpace(Value[at]))
                    at++;
                if (at == Value.Length)
                    break;
                var end = at;
                while (end < Value.Length && !IsSpace(Value[end]))
                    end++;
                if (most-- == 0)
                    end = Value.Length;
                parts.Add(Part(at, end - at));
                at = end;
            }

            return parts;
        }

        var from = 0;
        for (
            int next;
            most-- != 0 && (next = Value.IndexOf(separator, from, StringComparison.Ordinal)) >= 0;
            from = next + separator.Length
        )
            parts.Add(Part(from, next - from));
        parts.Add(Part(from, Value.Length - from));
        return parts;
    }

    /// <summary>Pieces between separators, found from the end.</summary>
    public List<object?> SplitEnd(string separator, int most)
    {
        var parts = new List<object?>();
        var to = Value.Length;
        for (int next; most-- != 0 && to > 0 && (next = Value.LastIndexOf(separator, to - 1, StringComparison.Ordinal)) >= 0; to = next)
            parts.Insert(0, Part(next + separator.Length, to - next - separator.Length));
        parts.Insert(0, Part(0, to));
        return parts;
    }

    public Text Replace(Text old, Text replacement, int most)
    {
        var builder = new TextBuilder();
        var from = 0;
        if (old.Value.Length == 0)
        {
            foreach (var character in Characters())
            {
                if (most-- != 0)
                    builder.Append(replacement);
                else
                    most = 0;
                builder.Append(character);
            }

            if (most != 0)
                builder.Append(replacement);
            return builder.ToText();
        }

        for (
            int next;
            most-- != 0 && (next = Value.IndexOf(old.Value, from, StringComparison.Ordinal)) >= 0;
            from = next + old.Value.Length
        )
        {
            builder.Append(Part(from, next - from));
            builder.Append(replacement);
        }

        builder.Append(Part(from, Value.Length - from));
        return builder.ToText();
    }

    /// <summary>The text with other letters. Where their number changes, the whole text is of the origin that may do least.</summary>
    public Text Map(string value)
    {
        if (Origins is null)
            return value;
        return value.Length == Value.Length ? new Text(value, Origins) : From(value, Origins.Max());
    }

    public Text Upper() => Map(Value.ToUpperInvariant());

    public Text Lower() => Map(Value.ToLowerInvariant());

    public Text Capitalize() => Value.Length == 0 ? this : Map(Value[..1].ToUpperInvariant() + Value[1..].ToLowerInvariant());

    /// <summary>Every word with a capital; a word begins behind what <paramref name="begins"/> says.</summary>
    public Text Title(Func<char, bool> begins)
    {
        var value = Value.ToCharArray();
        for (var i = 0; i < value.Length; i++)
            value[i] =
                i == 0 || begins(Value[i - 1])
                    ? char.ToUpper(value[i], CultureInfo.InvariantCulture)
                    : char.ToLower(value[i], CultureInfo.InvariantCulture);
        return Map(new string(value));
    }

    public bool Equals(Text? other) => other is not null && Value == other.Value;

    public override bool Equals(object? obj) => Equals(obj as Text);

    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    public int CompareTo(Text? other) => string.CompareOrdinal(Value, other?.Value);

    public override string ToString() => Value;

    /// <summary>White space as Python counts it.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    private static int LowSurrogates(string value)
    {
        var pairs = 0;
        for (var i = 1; i < value.Length; i++)
            if (char.IsSurrogatePair(value[i - 1], value[i]))
                pairs++;
        return pairs;
    }
}
