using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Values;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Flow;

/// <summary>A YAML file, read.</summary>
/// <param name="Path">The path as the compiler knows it: errors name it.</param>
/// <param name="Kind">The kind of what it declares.</param>
/// <param name="Root">Its root; null where it cannot be read.</param>
/// <param name="Title">What it seems to be called where it cannot be read: by its first line, or else by its file's name.</param>
/// <param name="Problems">What is wrong with its text.</param>
public sealed record DocumentFile(string Path, DocumentKind Kind, YamlNode? Root, string Title, EquatableArray<Problem> Problems)
{
    private static readonly Regex Name = new(@"([^/\\]*?)(?:\.([A-Za-z0-9_-]+))?\.ya?ml$", RegexOptions.CultureInvariant);

    /// <summary>Reads a file; null where its name is none of a definition's.</summary>
    public static DocumentFile? Read(AdditionalText file, Func<string, DocumentKind> kinds, CancellationToken cancellationToken)
    {
        if (Name.Match(file.Path) is not { Success: true, Groups: [_, { Value: var stem }, var kind] })
            return null;
        if (!kind.Success)
            return Kindless(file, stem, kinds, cancellationToken);
        var problems = new List<Problem>();
        var text = file.GetText(cancellationToken) ?? SourceText.From("");
        var root = YamlReader.Read(file.Path, text.ToString(), problems, cancellationToken);
        var title =
            FirstLine.Of(text) is { } first && (first.Word == kind.Value || kinds(first.Word).Package is not null) ? first.Name : stem;
        return new DocumentFile(file.Path, kinds(kind.Value), root, title, new(problems));
    }

    /// <summary>What would be a definition if its name said so: <c>tasks/a.yaml</c> that begins with <c>task: a</c>.</summary>
    private static DocumentFile? Kindless(
        AdditionalText file,
        string stem,
        Func<string, DocumentKind> kinds,
        CancellationToken cancellationToken
    )
    {
        var folders = file.Path.Replace('\\', '/').Split('/');
        if (folders.Length < 2 || file.GetText(cancellationToken) is not { } text || FirstLine.Of(text) is not { } first)
            return null;
        if (kinds(first.Word) is not { Package: not null } kind || !folders.Contains(Names.Plural(kind.Word).ToLowerInvariant()))
            return null;
        var problem = new Problem(Rules.KindlessName, file.Path, first.Place, first.Word, $"{stem}.{kind.Word}.yaml");
        return new DocumentFile(file.Path, kind, null, first.Name, new(new[] { problem }));
    }
}
