namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>A growing <see cref="Text"/>.</summary>
/// <param name="capacity">The characters that are expected.</param>
internal sealed class TextBuilder(int capacity = 64)
{
    private char[] value = new char[capacity];
    private Origin[]? origins; // None while all is the template's.
    private int length;

    public void Append(Text text)
    {
        var needed = length + text.Value.Length;
        if (needed > value.Length)
        {
            var larger = Math.Max(needed, value.Length * 2);
            Array.Resize(ref value, larger);
            if (origins is not null)
                Array.Resize(ref origins, larger);
        }

        text.Value.CopyTo(value.AsSpan(length));
        if (text.Origins is not null)
            text.Origins.CopyTo((origins ??= new Origin[value.Length]).AsSpan(length));
        length = needed;
    }

    /// <summary>Appends characters that stand for those of a text (an escape), of one origin.</summary>
    public void Append(string text, Origin origin) => Append(origin == Origin.Template ? text : Text.From(text, origin));

    public Text ToText() => length == 0 ? Text.Empty : new Text(new string(value, 0, length), origins?[..length]);
}
