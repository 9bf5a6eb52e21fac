using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.Text;
using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Flow;

/// <summary>What the first line of a definition says, as <c>task: key_terms</c>; read by itself, since the rest may be no YAML.</summary>
/// <param name="Word">The word before the colon, in small letters.</param>
/// <param name="Name">What stands behind it.</param>
/// <param name="Place">Where the word stands.</param>
internal sealed record FirstLine(string Word, string Name, SourceSpan Place)
{
    private static readonly Regex Form = new(
        @"^\s*[""']?([\w-]+)[""']?\s*[:：]\s*[""']?([^""'#]*[^""'#\s])[""']?\s*(#.*)?$",
        RegexOptions.CultureInvariant
    );

    /// <summary>Reads it; null where there is none of the form. Comments and blank lines before it are passed over.</summary>
    public static FirstLine? Of(SourceText text)
    {
        foreach (var line in text.Lines)
        {
            var written = line.ToString().TrimStart('\uFEFF');
            if (written.Trim() is "" or "---" || written.TrimStart()[0] == '#')
                continue;
            if (Form.Match(written) is not { Success: true, Groups: var parts })
                return null;
            var (start, length) = (parts[1].Index, parts[1].Length);
            var from = new LinePosition(line.LineNumber, start);
            var place = new SourceSpan(line.Start + start, length, from, new LinePosition(from.Line, start + length));
            return new FirstLine(parts[1].Value.ToLowerInvariant(), parts[2].Value, place);
        }

        return null;
    }
}
