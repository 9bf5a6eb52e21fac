using Microsoft.CodeAnalysis.Text;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Prompts;

/// <summary>A template inside a YAML file: places in the template are places in the file.</summary>
public sealed class TemplateText
{
    private readonly YamlScalar scalar;
    private readonly int[]? offsets;

    public TemplateText(YamlScalar scalar)
    {
        this.scalar = scalar;
        offsets = scalar.IsBlock ? Block(scalar) : Flow(scalar);
    }

    /// <summary>The template.</summary>
    public string Text => scalar.Value;

    /// <summary>The place of a stretch of the template in the file; of the whole template where it is folded so that no character has a place.</summary>
    public YamlSpan Span(int start, int length)
    {
        if (offsets is null) return scalar.Span;
        start = Math.Max(0, Math.Min(start, Text.Length));
        var end = Math.Max(start, Math.Min(start + length, Text.Length));
        int from = offsets[start], to = Math.Max(from, offsets[end]);
        return new YamlSpan(scalar.Span.Start + from, to - from, Position(from), Position(to));
    }

    private LinePosition Position(int offset)
    {
        var before = scalar.Raw.Substring(0, offset);
        var lines = before.Count(c => c == '\n');
        return lines == 0
            ? new LinePosition(scalar.Span.From.Line, scalar.Span.From.Character + offset)
            : new LinePosition(scalar.Span.From.Line + lines, offset - before.LastIndexOf('\n') - 1);
    }

    /// <summary>A literal block: each line lost its indentation.</summary>
    private static int[]? Block(YamlScalar scalar)
    {
        string raw = scalar.Raw, text = scalar.Value;
        var offsets = new int[text.Length + 1];
        var line = raw.IndexOf('\n') + 1;
        if (line == 0) return null;
        var indent = -1;
        for (var probe = line; probe < raw.Length && indent < 0; probe = Next(raw, probe))
        {
            var spaces = Spaces(raw, probe);
            if (probe + spaces < raw.Length && raw[probe + spaces] is not ('\n' or '\r')) indent = spaces;
        }

        var at = line + Math.Min(Math.Max(indent, 0), Spaces(raw, line));
        for (var i = 0; i < text.Length; i++)
        {
            offsets[i] = Math.Min(at, raw.Length);
            if (text[i] == '\n')
            {
                line = Next(raw, line);
                at = line + Math.Min(Math.Max(indent, 0), Spaces(raw, line));
            }
            else
            {
                at++;
            }
        }

        offsets[text.Length] = Math.Min(at, raw.Length);
        return offsets;
    }

    /// <summary>A plain or quoted scalar on one line.</summary>
    private static int[]? Flow(YamlScalar scalar)
    {
        string raw = scalar.Raw, text = scalar.Value;
        if (raw.IndexOf('\n') >= 0) return null;
        var offsets = new int[text.Length + 1];
        var at = scalar.IsPlain || raw.Length == 0 ? 0 : 1;
        for (var i = 0; i < text.Length; i++)
        {
            offsets[i] = Math.Min(at, raw.Length);
            if (at >= raw.Length) continue;
            var escape = scalar.IsPlain ? 1
                : raw[0] == '\'' ? (raw[at] == '\'' ? 2 : 1)
                : raw[at] != '\\' || at + 1 >= raw.Length ? 1
                : raw[at + 1] switch { 'x' => 4, 'u' => 6, 'U' => 10, _ => 2 };
            // One escape may be two characters of the text.
            if (escape == 10 && i + 1 < text.Length && char.IsHighSurrogate(text[i])) offsets[++i] = at;
            at += escape;
        }

        offsets[text.Length] = Math.Min(at, raw.Length);
        return offsets;
    }

    private static int Next(string raw, int line) => raw.IndexOf('\n', Math.Min(line, raw.Length)) is var end && end < 0 ? raw.Length : end + 1;

    private static int Spaces(string raw, int line)
    {
        var i = line;
        while (i < raw.Length && raw[i] == ' ') i++;
        return i - line;
    }
}
