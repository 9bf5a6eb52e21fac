using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Values;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Flow;

/// <summary>A YAML file, read.</summary>
/// <param name="Path">The path as the compiler knows it: errors name it.</param>
/// <param name="Kind">The kind of what it declares.</param>
/// <param name="Root">Its root; null where it cannot be read.</param>
/// <param name="Problems">What is wrong with its text.</param>
public sealed record DocumentFile(string Path, DocumentKind Kind, YamlNode? Root, EquatableArray<Problem> Problems)
{
    private static readonly Regex Name = new(@"\.([A-Za-z0-9_-]+)\.ya?ml$", RegexOptions.CultureInvariant);

    /// <summary>The kind in <c>name.kind.yaml</c>; null for another file.</summary>
    private static string? KindOf(string path) => Name.Match(path) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Reads a file; null where its name is none of a definition's.</summary>
    public static DocumentFile? Read(AdditionalText file, Func<string, DocumentKind> kinds, CancellationToken cancellationToken)
    {
        if (KindOf(file.Path) is not { } kind)
            return null;
        var problems = new List<Problem>();
        var text = file.GetText(cancellationToken)?.ToString() ?? "";
        var root = YamlReader.Read(file.Path, text, problems, cancellationToken);
        return new DocumentFile(file.Path, kinds(kind), root, new(problems));
    }
}
