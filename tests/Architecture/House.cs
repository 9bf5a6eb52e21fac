using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TaskDsl.Architecture;

/// <summary>
/// One project read as a house: its rooms, bottom first. A room may know those below it. What is wrong is found in the sources, by the
/// compiler's own understanding of them.
/// </summary>
public sealed partial class House
{
    private const int Lines = 350,
        Columns = 140;

    private readonly string root,
        name;
    private readonly IReadOnlyList<Room> rooms;
    private readonly CSharpCompilation compilation;

    /// <summary>Reads a project.</summary>
    /// <param name="project">Its folder, named as its root namespace.</param>
    /// <param name="rooms">All its rooms, bottom first.</param>
    public House(string project, params IReadOnlyList<Room> rooms)
    {
        (root, name, this.rooms) = (Path.GetFullPath(project), Path.GetFileName(project), rooms);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != name)
            .Select(path => MetadataReference.CreateFromFile(path));
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        string[] usings =
        [
            "System",
            "System.Collections.Generic",
            "System.IO",
            "System.Linq",
            "System.Threading",
            "System.Threading.Tasks",
        ];
        var implied = string.Concat(usings.Select(u => $"global using {u};"));
        compilation = CSharpCompilation.Create(
            name,
            Files
                .Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(f), options, f))
                .Append(CSharpSyntaxTree.ParseText(implied, options)),
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)
        );
    }

    private IEnumerable<string> Files =>
        Directory
            .EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(f =>
                !Relative(f).StartsWith("obj/", StringComparison.Ordinal) && !Relative(f).StartsWith("bin/", StringComparison.Ordinal)
            )
            .Order(StringComparer.Ordinal);

    /// <summary>All that is wrong, one line each.</summary>
    public IReadOnlyList<string> Faults() =>
        [
            .. rooms.Where(r => !Files.Any(f => RoomOf(f) == r)).Select(r => $"{name}/{r.Folder}: a room that is not there"),
            .. Trees.SelectMany(tree => Placed(tree).Concat(Written(tree)).Concat(Worded(tree))),
            .. Upward(),
        ];

    /// <summary>Who knows whom: the rooms that each room's files name, with one file as the example.</summary>
    public IEnumerable<(Room From, Room To, string File, string Type)> Arrows()
    {
        foreach (var tree in Trees)
        {
            if (RoomOf(tree.FilePath) is not { } from)
                continue;
            var model = compilation.GetSemanticModel(tree);
            foreach (var token in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (token.FirstAncestorOrSelf<UsingDirectiveSyntax>() is not null)
                    continue;
                var symbol = model.GetSymbolInfo(token) is { } info ? info.Symbol ?? info.CandidateSymbols.FirstOrDefault() : null;
                var type = (
                    symbol as INamedTypeSymbol
                    ?? (symbol is { IsStatic: true } or IMethodSymbol { IsExtensionMethod: true } ? symbol.ContainingType : null)
                )?.OriginalDefinition;
                if (type?.DeclaringSyntaxReferences.FirstOrDefault() is { SyntaxTree.FilePath.Length: > 0 } at)
                    if (RoomOf(at.SyntaxTree.FilePath) is { } to && to != from)
                        yield return (from, to, Relative(tree.FilePath), type.Name);
            }
        }
    }

    private IEnumerable<SyntaxTree> Trees => compilation.SyntaxTrees.Where(t => t.FilePath.Length > 0);

    private IEnumerable<string> Placed(SyntaxTree tree)
    {
        var (file, unit) = (Relative(tree.FilePath), (CompilationUnitSyntax)tree.GetRoot());
        if (RoomOf(tree.FilePath) is not { } room)
        {
            yield return $"{file}: lies in no room of the list";
            yield break;
        }

        var expected = room.Folder.Length == 0 ? name : $"{name}.{room.Folder.Replace('/', '.')}";
        foreach (var space in unit.Members.OfType<BaseNamespaceDeclarationSyntax>())
            if (space.Name.ToString() is var given && given != expected)
                yield return $"{file}: the namespace is {given}; its folder's is {expected}";
        var types = Types(tree).Where(t => t.DeclaredAccessibility == Accessibility.Public).ToArray();
        var own = types.Any(IsWord) ? types.Where(t => t.TypeKind != TypeKind.Enum) : types; // A word's own enum stands with it.
        if (own.Select(t => t.Name).Distinct().ToArray() is { Length: > 1 } names) // Dataset and Dataset<T> are one.
            yield return $"{file}: {names.Length} public types: {string.Join(", ", names)}";
    }

    private IEnumerable<string> Written(SyntaxTree tree)
    {
        var (file, lines) = (Relative(tree.FilePath), tree.GetText().Lines);
        if (lines.Count > Lines + 1)
            yield return $"{file}: {lines.Count - 1} lines; at most {Lines}";
        foreach (var line in lines.Where(l => l.End - l.Start > Columns))
            yield return $"{file}({line.LineNumber + 1}): {line.End - line.Start} columns; at most {Columns}";
    }

    private IEnumerable<string> Worded(SyntaxTree tree)
    {
        if (RoomOf(tree.FilePath) is not { } room)
            yield break;
        var file = Relative(tree.FilePath);
        var words = Types(tree).Where(t => room.Base is null ? IsWord(t) : Bases(t).Any(b => b.Name == room.Base)).ToArray();
        if (room.Words && words.Length != 1)
            yield return $"{file}: {words.Length} words, in a room that holds one word a file";
        if (!room.Words && words.Length > 0)
            yield return $"{file}: the word {words[0].Name}, in a room of machinery";
        foreach (var type in Types(tree).Where(IsWord))
            if (!IsNamedAs(type, Keyword(type)!))
                yield return $"{file}: the word {Keyword(type)} is the type {type.Name}; expected its name, its name and kind, or New and its name";
    }

    private IEnumerable<string> Upward() =>
        Arrows()
            .Where(a => Height(a.To) > Height(a.From))
            .GroupBy(a => (a.From, a.To))
            .Select(g =>
                $"{name}/{g.Key.From.Folder} -> {g.Key.To.Folder}, which lies above it: "
                + string.Join(", ", g.Select(a => $"{Path.GetFileName(a.File)} names {a.Type}").Distinct().Take(6))
            );

    private int Height(Room room) =>
        rooms.Index().First(r => r.Item == room || (room.District is not null && r.Item.District == room.District)).Index;

    private IEnumerable<INamedTypeSymbol> Types(SyntaxTree tree)
    {
        var model = compilation.GetSemanticModel(tree);
        return tree.GetRoot()
            .DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .Where(n => n is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            .Select(n => (INamedTypeSymbol)model.GetDeclaredSymbol(n)!);
    }

    private static bool IsWord(INamedTypeSymbol type) => Keyword(type) is not null;

    private static string? Keyword(INamedTypeSymbol type) =>
        type.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == "KeywordAttribute")?.ConstructorArguments
            is [{ Value: string word }, ..]
            ? word
            : null;

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (var at = type.BaseType; at is not null; at = at.BaseType)
            yield return at;
    }

    /// <summary><c>Lora</c> is lora; <c>RandomSplit</c> is random, a split; <c>NewEncoder</c> is encoder.</summary>
    private static bool IsNamedAs(INamedTypeSymbol type, string word)
    {
        var plain = word.Replace("_", "", StringComparison.Ordinal);
        if (Is(plain) || Is("New" + plain))
            return true;
        return Bases(type).Any(b => Kinds(b.Name).Any(kind => Is(plain + kind)));

        bool Is(string expected) => string.Equals(type.Name, expected, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The ends of a base's name: a DataSource is a source.</summary>
    private static IEnumerable<string> Kinds(string name) => Capital().Matches(name).Select(m => name[m.Index..]);

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    private Room? RoomOf(string file)
    {
        var folder = Path.GetDirectoryName(Relative(file))!.Replace('\\', '/');
        return rooms.FirstOrDefault(r => r.Folder == folder);
    }

    private string Relative(string file) => Path.GetRelativePath(root, file).Replace('\\', '/');
}
