using Microsoft.CodeAnalysis.Text;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Scriban;

/// <summary>
/// A template's text, and where in the YAML file each of its characters stands: a block's indent is stripped, a folded line joined, an
/// escape read, so the two differ.
/// </summary>
public sealed class TemplateText
{
    private readonly YamlScalar scalar;
    private readonly string source;
    private readonly int[] places;

    public TemplateText(YamlScalar scalar)
    {
        this.scalar = scalar;
        source = scalar.Raw;
        places = Align(scalar.Value, source, scalar.IsPlain);
    }

    /// <summary>The text, as YAML reads it.</summary>
    public string Text => scalar.Value;

    /// <summary>The whole text's place.</summary>
    public SourceSpan Whole => scalar.Span;

    /// <summary>The place in the file of a part of the text.</summary>
    /// <param name="start">Its first character.</param>
    /// <param name="end">Behind its last character.</param>
    public SourceSpan Span(int start, int end)
    {
        start = Math.Min(Math.Max(start, 0), Text.Length);
        end = Math.Min(Math.Max(end, start), Text.Length);
        var from = places[start];
        // The last character's place, not the next one's: between them there may be an indent.
        var to = end > start ? places[end - 1] + 1 : from;
        return new SourceSpan(scalar.Span.Start + from, to - from, Position(from), Position(to));
    }

    private LinePosition Position(int offset)
    {
        int line = scalar.Span.From.Line,
            column = scalar.Span.From.Character;
        for (var i = 0; i < offset && i < source.Length; i++)
        {
            if (source[i] == '\n' || (source[i] == '\r' && (i + 1 == source.Length || source[i + 1] != '\n')))
                (line, column) = (line + 1, 0);
            else
                column++;
        }

        return new LinePosition(line, column);
    }

    /// <summary>
    /// For each character of the value, and for its end, the offset in the source. What is not white space stands in both in the same
    /// order; only quotes' own escapes differ.
    /// </summary>
    private static int[] Align(string value, string source, bool isPlain)
    {
        var places = new int[value.Length + 1];
        var quote = !isPlain && source.Length > 0 && source[0] is ('"' or '\'') ? source[0] : '\0';
        var at =
            quote != '\0' ? 1
            : !isPlain && source.Length > 0 && source[0] is ('|' or '>') ? Math.Max(0, source.IndexOf('\n') + 1)
            : 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (quote == '"')
                SkipFoldedBreaks(source, ref at);
            if (quote == '"' && at < source.Length && source[at] == '\\')
            {
                places[i] = at;
                at += EscapeLength(source, at);
                // Beyond the basic plane one escape makes two characters.
                if (char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
                    places[++i] = places[i - 1];
                continue;
            }

            if (char.IsWhiteSpace(value[i]))
            {
                places[i] = Math.Min(at, source.Length);
                if (value[i] == '\n')
                    at = BehindBreak(source, at);
                else if (at < source.Length && source[at] == value[i])
                    at++;
                continue;
            }

            while (at < source.Length && source[at] != value[i] && char.IsWhiteSpace(source[at]))
                at++;
            places[i] = Math.Min(at, source.Length);
            at += quote == '\'' && value[i] == '\'' ? 2 : 1;
        }

        places[value.Length] = Math.Min(at, source.Length);
        return places;
    }

    private static int BehindBreak(string source, int at)
    {
        var end = at;
        while (end < source.Length && source[end] != '\n' && char.IsWhiteSpace(source[end]))
            end++;
        return end < source.Length && source[end] == '\n' ? end + 1 : at;
    }

    /// <summary>A backslash before a line break writes nothing.</summary>
    private static void SkipFoldedBreaks(string source, ref int at)
    {
        while (at + 1 < source.Length && source[at] == '\\' && source[at + 1] is '\n' or '\r')
        {
            at++;
            while (at < source.Length && char.IsWhiteSpace(source[at]))
                at++;
        }
    }

    private static int EscapeLength(string source, int at) =>
        at + 1 >= source.Length
            ? 1
            : source[at + 1] switch
            {
                'x' => 4,
                'u' => 6,
                'U' => 10,
                _ => 2,
            };
}
