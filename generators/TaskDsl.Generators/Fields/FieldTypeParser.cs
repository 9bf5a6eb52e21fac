using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Fields;

/// <summary>Reads a field's type: a word, or <c>list&lt;…&gt;</c> of a type, with a <c>?</c> behind it where the field may be absent.</summary>
public sealed class FieldTypeParser
{
    private const int DeepestList = 8;

    private static readonly (string Word, FieldKind Kind)[] Words =
    [
        ("text", FieldKind.Text),
        ("string", FieldKind.String),
        ("int", FieldKind.Int),
        ("float", FieldKind.Float),
        ("bool", FieldKind.Bool),
        ("label", FieldKind.Label),
        ("labels", FieldKind.Labels),
        ("entities", FieldKind.Entities),
        ("record", FieldKind.Record),
    ];

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

    /// <summary>The type as people write it.</summary>
    public static string Write(FieldType type) =>
        (type.Kind == FieldKind.List ? $"list<{Write(type.Element!)}>" : Words.First(w => w.Kind == type.Kind).Word)
        + (type.IsOptional ? "?" : "");

    private FieldType? Parse()
    {
        if (Type(0) is not { } type)
            return null;
        Blanks();
        if (position < text.Length && text[position] == '?')
        {
            position++;
            type = type with { IsOptional = true };
        }

        Blanks();
        return position == text.Length
            ? type
            : Fail(position, text.Length - position, $"'{text.Substring(position)}' stands behind the type");
    }

    private FieldType? Type(int depth)
    {
        Blanks();
        var start = position;
        while (position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] == '_'))
            position++;
        var word = text.Substring(start, position - start);
        if (word == "list")
            return List(start, depth);
        foreach (var (known, kind) in Words)
            if (word == known)
                return new FieldType(kind);
        if (word.Length == 0)
            return Fail(
                start,
                1,
                position < text.Length ? $"a type is expected at '{text.Substring(position)}'" : "a type is expected at its end"
            );
        return Fail(start, word.Length, $"'{word}' is unknown{NearestWord.Choice(word, Words.Select(w => w.Word).Concat(["list<…>"]))}");
    }

    private FieldType? List(int start, int depth)
    {
        if (depth == DeepestList)
            return Fail(start, 4, $"lists are nested at most {DeepestList} deep");
        Blanks();
        if (position == text.Length || text[position] != '<')
            return Fail(position, 1, "'list' needs the type of its items, as list<text>");
        position++;
        if (Type(depth + 1) is not { } element)
            return null;
        Blanks();
        if (position < text.Length && text[position] == '?')
            return Fail(position, 1, "an item cannot be absent; the '?' stands behind the whole type, as list<text>?");
        if (position == text.Length || text[position] != '>')
            return Fail(position, 1, "a '>' is missing");
        position++;
        return new FieldType(FieldKind.List, Element: element);
    }

    private void Blanks()
    {
        while (position < text.Length && text[position] == ' ')
            position++;
    }

    private FieldType? Fail(int start, int length, string message)
    {
        problems.Add(new Problem(Rules.BadFieldType, path, Part(start, length), text, message));
        return null;
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
