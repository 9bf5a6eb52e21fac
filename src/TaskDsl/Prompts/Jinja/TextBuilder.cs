using System.Text;

namespace TaskDsl.Prompts.Jinja;

/// <summary>A growing <see cref="Text"/>.</summary>
internal sealed class TextBuilder
{
    private readonly StringBuilder value = new();
    private List<Origin>? origins;

    public int Length => value.Length;

    public void Append(Text text)
    {
        if (text.Origins is { } given)
        {
            origins ??= [.. Enumerable.Repeat(Origin.Template, value.Length)];
            origins.AddRange(given);
        }
        else
        {
            origins?.AddRange(Enumerable.Repeat(Origin.Template, text.Value.Length));
        }

        value.Append(text.Value);
    }

    /// <summary>Appends characters that stand for those of a text (an escape), of one origin.</summary>
    public void Append(string text, Origin origin) => Append(origin == Origin.Template ? text : Text.From(text, origin));

    public Text ToText() => value.Length == 0 ? Text.Empty : new Text(value.ToString(), origins is null ? null : [.. origins]);
}
