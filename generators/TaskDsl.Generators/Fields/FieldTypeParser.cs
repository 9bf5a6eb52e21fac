using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Fields;

/// <summary>
/// Reads a field's type: a word, or <c>list&lt;…&gt;</c> of a type, with a <c>?</c> behind it where the field may be absent.
/// </summary>
public sealed class FieldTypeParser
{
    private readonly YamlScalar scalar;
    private readonly string text;
    private readonly string path;
    private readonly List<Problem> problems;
    private int position;

    private FieldTypeParser(BoundScalar type, string path, List<Problem> problems) =>
        (scalar, text, this.path, this.problems) = (type.Scalar, type.Scalar.Value, path, problems);

    /// <summary>The type; null where there is none, with a problem at the character where it goes wrong.</summary>
    public static FieldType? Parse(BoundScalar type, string path, List<Problem> problems) =>
        new FieldTypeParser(type, path, problems).Parse();

    private FieldType? Parse()
    {
        if (Type(0) is not { } type)
            return null;
        if (Take('?'))
            type = type with { IsOptional = true };
        Blanks();
        return position == text.Length
            ? type
            : Fail(position, text.Length - position, $"'{text.Substring(position)}' stands behind the type");
    }

    /// <summary>Reads a type; null where there is none, with a problem.</summary>
    /// <param name="depth">In how many other types it stands.</param>
    public FieldType? Type(int depth)
    {
        Blanks();
        var start = position;
        while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] == '_'))
            position++;
        var word = text.Substring(start, position - start);
        if (FieldType.All.FirstOrDefault(type => type.Word == word) is { } known)
            return known.Parse(this, start, depth);
        if (word.Length > 0 || text.Trim().Length == 0)
            return Report(start, word.Length, $"'{word}' is not a type{NearestWord.Choice(word, FieldType.All.Select(type => type.Hint))}");
        return Fail(position < text.Length ? $"a type is expected at '{text.Substring(position)}'" : "a type is expected at its end");
    }

    /// <summary>Whether a sign stands here, behind blanks.</summary>
    public bool Sees(char sign)
    {
        Blanks();
        return position < text.Length && text[position] == sign;
    }

    /// <summary>Goes behind a sign, where it stands here.</summary>
    public bool Take(char sign)
    {
        if (!Sees(sign))
            return false;
        position++;
        return true;
    }

    /// <summary>Reports what is wrong here.</summary>
    public FieldType? Fail(string message) => Fail(position, 1, message);

    /// <summary>Reports what is wrong with a part of the type.</summary>
    public FieldType? Fail(int start, int length, string message) => Report(start, length, $"'{text}' is not a type: {message}");

    private FieldType? Report(int start, int length, string message)
    {
        problems.Add(new Problem(Rules.BadFieldType, path, Part(start, length), message));
        return null;
    }

    private void Blanks()
    {
        while (position < text.Length && text[position] == ' ')
            position++;
    }

    /// <summary>Where a part of the type stands; the whole where quoting or folding hides it.</summary>
    private SourceSpan Part(int start, int length)
    {
        var span = scalar.Span;
        var quote = scalar.IsPlain ? 0 : 1;
        if (span.Length != text.Length + (2 * quote) || span.From.Line != span.To.Line)
            return span;
        length = Math.Max(1, Math.Min(length, span.Length - quote - start));
        var from = new Microsoft.CodeAnalysis.Text.LinePosition(span.From.Line, span.From.Character + quote + start);
        return new SourceSpan(span.Start + quote + start, length, from, new(from.Line, from.Character + length));
    }
}
