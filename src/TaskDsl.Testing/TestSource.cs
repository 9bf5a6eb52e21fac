using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TaskDsl.Testing;

/// <summary>The source file of tests: what snapshots are called by, and which cases a theory has.</summary>
internal sealed class TestSource
{
    private static readonly ConcurrentDictionary<string, TestSource> Read = new(StringComparer.Ordinal);
    private static readonly string[] RowsOfData = ["InlineData", "TestCase", "DataRow", "Arguments"];

    private readonly string name;
    private readonly List<TypeDeclarationSyntax> types = [];
    private readonly ILookup<string, MethodDeclarationSyntax> methods;

    private TestSource(string path)
    {
        name = Path.GetFileNameWithoutExtension(path);
        if (File.Exists(path))
            types.AddRange(CSharpSyntaxTree.ParseText(File.ReadAllText(path)).GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>());
        methods = types.SelectMany(type => type.Members.OfType<MethodDeclarationSyntax>()).ToLookup(method => method.Identifier.ValueText);
    }

    public static TestSource Of(string path) => Read.GetOrAdd(path, static path => new TestSource(path));

    /// <summary>The class of a test; where the source does not tell, the file's name.</summary>
    /// <param name="method">The test's method.</param>
    /// <param name="line">Where it verifies: it tells two classes apart that have such a method.</param>
    public string ClassOf(string method, int line)
    {
        var declaring = methods[method].Select(m => (TypeDeclarationSyntax)m.Parent!).Distinct().ToList();
        var candidates = declaring.Count > 0 ? declaring : types;
        var type =
            candidates.Count == 1 && declaring.Count > 0
                ? candidates[0]
                : candidates.LastOrDefault(t =>
                    t.GetLocation().GetLineSpan().Span is var span && span.Start.Line < line && line <= span.End.Line + 1
                );
        return type is null ? name : NameOf(type);
    }

    /// <summary>Whether a snapshot is of no case of the theory any more; false where the source does not tell.</summary>
    /// <param name="type">The test's class.</param>
    /// <param name="method">The test's method.</param>
    /// <param name="now">The parameters of the case that runs now: where they stand in its row, others have theirs.</param>
    /// <param name="snapshot">The snapshot's name behind the class, as <c>Method_en</c>.</param>
    /// <param name="safe">How parameters are written in a file's name.</param>
    public bool IsGone(string type, string method, string now, string snapshot, Func<string, string> safe)
    {
        // Another method may be called Method_en.
        if (
            methods.Any(m =>
                m.Key != method
                && (snapshot == m.Key || snapshot.StartsWith(m.Key + "_", StringComparison.Ordinal))
                && m.Key.Length > method.Length
            )
        )
            return false;
        var own = methods[method].Where(m => NameOf((TypeDeclarationSyntax)m.Parent!) == type).ToList();
        if (own is not [{ Parent: TypeDeclarationSyntax { Modifiers: var modifiers } } theory] || modifiers.Any(SyntaxKind.PartialKeyword))
            return false;
        var attributes = theory.AttributeLists.SelectMany(list => list.Attributes).ToList();
        var rows = attributes.Where(a => RowsOfData.Contains(WordOf(a))).Select(Literals).ToList();
        if (
            attributes.Any(a =>
                !RowsOfData.Contains(WordOf(a))
                && (WordOf(a).EndsWith("Data", StringComparison.Ordinal) || WordOf(a).EndsWith("Source", StringComparison.Ordinal))
            )
        )
            return false;
        var columns = Enumerable
            .Range(0, rows.Count == 0 ? 0 : rows.Min(row => row.Count))
            .Where(c => rows.Exists(row => row[c] == now))
            .ToList();
        return columns.Count > 0
            && columns.TrueForAll(c =>
                rows.TrueForAll(row =>
                    row[c] is { } given && !string.Equals($"{method}_{safe(given)}", snapshot, StringComparison.OrdinalIgnoreCase)
                )
            );
    }

    private static List<string?> Literals(AttributeSyntax row) =>
        [.. (row.ArgumentList?.Arguments ?? []).Select(argument => (argument.Expression as LiteralExpressionSyntax)?.Token.ValueText)];

    private static string WordOf(AttributeSyntax attribute)
    {
        var word = attribute.Name.ToString();
        word = word[(word.LastIndexOf('.') + 1)..];
        return word.EndsWith("Attribute", StringComparison.Ordinal) ? word[..^"Attribute".Length] : word;
    }

    private static string NameOf(TypeDeclarationSyntax type) =>
        type.Parent is TypeDeclarationSyntax outer ? $"{NameOf(outer)}.{type.Identifier.ValueText}" : type.Identifier.ValueText;
}
