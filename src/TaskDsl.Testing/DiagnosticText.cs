using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace TaskDsl.Testing;

/// <summary>Diagnostics as text, the same on every machine.</summary>
internal static class DiagnosticText
{
    /// <summary>As the build prints it.</summary>
    public static string Line(Diagnostic diagnostic)
    {
        var place = diagnostic.Location.GetLineSpan();
        var at = place.IsValid
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{place.Path}({place.StartLinePosition.Line + 1},{place.StartLinePosition.Character + 1}): "
            )
            : "";
        return $"{at}{diagnostic.Severity.ToString().ToLowerInvariant()} "
            + $"{diagnostic.Id}: "
            + $"{diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Each with its line of the file and a caret under the place.</summary>
    public static string Report(IEnumerable<Diagnostic> diagnostics, ImmutableSortedDictionary<string, ProjectFile> files)
    {
        var report = new StringBuilder();
        foreach (var diagnostic in diagnostics)
        {
            report.Append(Line(diagnostic)).Append('\n');
            var place = diagnostic.Location.GetLineSpan();
            if (files.TryGetValue(place.Path ?? "", out var file))
                Excerpt(
                    report,
                    file.GetText().Lines is var lines && place.StartLinePosition.Line < lines.Count
                        ? lines[place.StartLinePosition.Line].ToString()
                        : "",
                    place
                );
        }

        return report.ToString();
    }

    /// <summary>What the compiler says of code, generated code included: with the line that it is about.</summary>
    public static string Compiler(IEnumerable<Diagnostic> diagnostics)
    {
        var report = new StringBuilder();
        foreach (var diagnostic in diagnostics.Take(20))
        {
            report.Append(Line(diagnostic)).Append('\n');
            if (diagnostic.Location.SourceTree is { } tree)
                Excerpt(
                    report,
                    tree.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line].ToString(),
                    diagnostic.Location.GetLineSpan()
                );
        }

        return report.ToString();
    }

    private static void Excerpt(StringBuilder report, string line, FileLinePositionSpan place)
    {
        const int Widest = 160;
        if (line.Length > Widest)
            return;
        var (start, end) = (
            place.StartLinePosition.Character,
            place.EndLinePosition.Line > place.StartLinePosition.Line ? line.Length : place.EndLinePosition.Character
        );
        // A tab keeps its width above the caret; a Chinese character is two columns wide.
        var indent = string.Concat(
            line.Take(start)
                .Select(c =>
                    c == '\t' ? "\t"
                    : c >= '\u2e80' ? "  "
                    : " "
                )
        );
        report
            .Append("    ")
            .Append(line.TrimEnd())
            .Append('\n')
            .Append("    ")
            .Append(indent)
            .Append('^', Math.Max(1, Math.Min(end, line.Length) - start))
            .Append('\n');
    }
}
