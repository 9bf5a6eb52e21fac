using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TaskDsl.Architecture;

/// <summary>
/// One project read as a house: its rooms, bottom first. A room may know those below it, so that no circle can be. What is wrong is found
/// in the sources, by the compiler's own understanding of them.
/// </summary>
public sealed partial class House
{
    private const int Lines = 350,
        Columns = 140;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private readonly string name;
    private readonly IReadOnlyList<Room> rooms;
    private readonly IReadOnlyList<SyntaxTree> trees;
    private readonly CSharpCompilation compilation;

    /// <summary>Reads a project.</summary>
    /// <param name="name">Its assembly, and the namespace of its own folder.</param>
    /// <param name="files">Its C# files, by their paths in it, as <see cref="Read"/> gives them.</param>
    /// <param name="rooms">All its rooms, bottom first.</param>
    public House(string name, IReadOnlyDictionary<string, string> files, params IReadOnlyList<Room> rooms)
    {
        (this.name, this.rooms) = (name, rooms);
        trees = [.. files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => CSharpSyntaxTree.ParseText(f.Value, Options, f.Key))];
        compilation = Compile(name, trees);
    }

    /// <summary>The C# files of a project's folder, by their paths in it.</summary>
    public static IReadOnlyDictionary<string, string> Read(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: file, Path: Path.GetRelativePath(folder, file).Replace('\\', '/')))
            .Where(file => file.Path.Split('/')[0] is not ("bin" or "obj"))
            .ToDictionary(file => file.Path, file => File.ReadAllText(file.File), StringComparer.Ordinal);

    /// <summary>All that is wrong, one line each.</summary>
    public IReadOnlyList<string> Faults() =>
        [
            .. rooms.Where(r => !trees.Any(t => RoomOf(t) == r)).Select(r => $"{r.Folder}: the list has this room, and it holds no C#"),
            .. trees.SelectMany(tree => Placed(tree).Concat(Written(tree.FilePath, tree.ToString())).Concat(Worded(tree))),
            .. Upward(),
        ];

    /// <summary>
    /// What keeps the words of a room from being words of another project, each file compiled by itself: they are made with what is public.
    /// </summary>
    /// <param name="folder">The room's folder.</param>
    public IReadOnlyList<string> Apart(string folder) =>
        [
            .. trees
                .Where(tree => RoomOf(tree)?.Folder == folder)
                .SelectMany(tree => Compile("Apart", [tree]).GetDiagnostics())
                .Where(found => found.Severity == DiagnosticSeverity.Error)
                .Select(found => $"{found.Location.SourceTree?.FilePath}: {found.GetMessage(CultureInfo.InvariantCulture)}"),
        ];

    /// <summary>Calls of methods, with the file that each stands in and what it calls.</summary>
    /// <param name="where">Which are wanted, by file and by the method's bare name: what the others call is not asked.</param>
    public IEnumerable<(string File, InvocationExpressionSyntax Call, IMethodSymbol Method)> Calls(Func<string, string, bool> where)
    {
        foreach (var tree in trees)
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var call in tree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>())
                if (where(tree.FilePath, NameOf(call.Expression)) && model.GetSymbolInfo(call).Symbol is IMethodSymbol method)
                    yield return (tree.FilePath, call, method);
        }
    }

    private static string NameOf(ExpressionSyntax called) =>
        called switch
        {
            MemberAccessExpressionSyntax member => member.Name.Identifier.Text,
            MemberBindingExpressionSyntax member => member.Name.Identifier.Text,
            SimpleNameSyntax name => name.Identifier.Text,
            _ => "",
        };

    /// <summary>Who knows whom: the rooms that each room's files name, with one file as the example.</summary>
    public IEnumerable<(Room From, Room To, string File, string Type)> Arrows()
    {
        foreach (var tree in trees)
        {
            if (RoomOf(tree) is not { } from)
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
                if (type?.DeclaringSyntaxReferences.FirstOrDefault() is { } at)
                    if (RoomOf(at.SyntaxTree) is { } to && to != from)
                        yield return (from, to, tree.FilePath, type.Name);
            }
        }
    }

    private IEnumerable<string> Placed(SyntaxTree tree)
    {
        var (file, unit) = (tree.FilePath, (CompilationUnitSyntax)tree.GetRoot());
        if (RoomOf(tree) is not { } room)
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

    /// <summary>What keeps a file from being read as a page: too many lines, or lines that are too wide.</summary>
    public static IEnumerable<string> Written(string file, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        if (lines.Length > Lines)
            yield return $"{file}: {lines.Length} lines; at most {Lines}";
        foreach (var (at, line) in lines.Index().Where(l => l.Item.Length > Columns))
            yield return $"{file}({at + 1}): {line.Length} columns; at most {Columns}";
    }

    private IEnumerable<string> Worded(SyntaxTree tree)
    {
        if (RoomOf(tree) is not { } room)
            yield break;
        var file = tree.FilePath;
        var words = Types(tree).Where(t => room.Base is null ? IsWord(t) : Bases(t).Any(b => b.Name == room.Base)).ToArray();
        if (room.Words && words.Length != 1)
            yield return $"{file}: {words.Length} words, in a room that holds one word a file";
        if (!room.Words && words.Length > 0)
            yield return $"{file}: the word {words[0].Name}, in a room of machinery";
        foreach (var type in Types(tree).Where(IsWord))
            if (!IsNamedAs(type, Keyword(type)!))
                yield return $"{file}: the word {Keyword(type)} is the type {type.Name}; expected its name, its name and kind, or New and "
                    + "its name";
    }

    private IEnumerable<string> Upward() =>
        Arrows()
            .Where(a => Height(a.To) > Height(a.From))
            .GroupBy(a => (a.From, a.To))
            .Select(g =>
                $"{g.Key.From.Folder} -> {g.Key.To.Folder}, which lies above it: "
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

    private static CSharpCompilation Compile(string name, IEnumerable<SyntaxTree> trees) =>
        CSharpCompilation.Create(
            name,
            trees.Append(CSharpSyntaxTree.ParseText(ImplicitUsings, Options)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                // A compiler's part, which tests refer to, has sources of the core's in it; no project refers to it.
                .Where(path => Path.GetFileNameWithoutExtension(path) is var file && file != name && file != "TaskDsl.Generators")
                .Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)
        );

    private Room? RoomOf(SyntaxTree tree)
    {
        var folder = Path.GetDirectoryName(tree.FilePath)!.Replace('\\', '/');
        return rooms.FirstOrDefault(r => r.Folder == folder);
    }
}
