using System.Text;

namespace TaskDsl.App.Drafting.Writing;

/// <summary>A file of YAML, line by line, none wider than the house's pages where it can be parted.</summary>
internal sealed class YamlPage
{
    /// <summary>The widest line.</summary>
    public const int Width = 140;

    private readonly StringBuilder text = new();

    /// <summary>Begins a file of a kind: its schema, so that editors complete it.</summary>
    /// <param name="schema">The folder of the schemas, from the file's own.</param>
    /// <param name="kind">The kind.</param>
    public YamlPage(string schema, string kind) => Line(0, $"# yaml-language-server: $schema={schema}/{kind}.schema.json");

    /// <summary>Writes a line.</summary>
    public YamlPage Line(int indent, string line)
    {
        text.Append(' ', indent).Append(line).Append('\n');
        return this;
    }

    /// <summary>Writes a comment, in as many lines as it takes.</summary>
    public YamlPage Comment(int indent, string comment)
    {
        var line = new StringBuilder("#");
        foreach (var word in Pieces(comment, Width - indent - 2))
        {
            if (line.Length > 1 && indent + line.Length + 1 + word.Length > Width)
            {
                Line(indent, line.ToString());
                line.Clear().Append('#');
            }

            line.Append(' ').Append(word);
        }

        return Line(indent, line.ToString());
    }

    /// <summary>Writes a list of words behind a key: on its line, or on as many below it as it takes.</summary>
    public YamlPage List(int indent, string key, IEnumerable<string> words)
    {
        var all = words.Select(YamlWord.Of).ToList();
        var whole = $"{key}: [{string.Join(", ", all)}]";
        if (indent + whole.Length <= Width)
            return Line(indent, whole);
        Line(indent, $"{key}: [");
        var line = "";
        foreach (var (word, i) in all.Select((word, i) => (i < all.Count - 1 ? word + "," : word, i)))
        {
            if (line.Length > 0 && indent + 3 + line.Length + word.Length > Width)
            {
                Line(indent + 2, line);
                line = "";
            }

            line += line.Length > 0 ? $" {word}" : word;
        }

        return Line(indent + 2, line).Line(indent, "]");
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    // Words, and of scripts without spaces pieces that fit on a line.
    private static IEnumerable<string> Pieces(string comment, int width)
    {
        foreach (var word in comment.ReplaceLineEndings(" ").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            for (var at = 0; at < word.Length; )
            {
                var length = Math.Min(width, word.Length - at);
                if (at + length < word.Length && char.IsHighSurrogate(word[at + length - 1]))
                    length--;
                yield return word.Substring(at, length);
                at += length;
            }
    }
}
