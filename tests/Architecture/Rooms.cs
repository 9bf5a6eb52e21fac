using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TaskDsl.Architecture;

/// <summary>
/// The rooms of a project, one line each, the lowest first: <c>Yaml/Nodes   what a document is read into</c>, <c>.</c> for the project's
/// own folder. Rooms that may know each other stand in one line, as <c>Data + Tasks</c>. What breaks the house's laws is said in words.
/// </summary>
internal sealed class Rooms
{
    private const int LongestFile = 350;
    private const int LongestLine = 140;

    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private readonly string project;
    private readonly Dictionary<string, int> floors = new(StringComparer.Ordinal);

    /// <param name="project">The project: its assembly and the namespace of its own folder.</param>
    /// <param name="list">The rooms.</param>
    public Rooms(string project, string list)
    {
        this.project = project;
        var lines = list.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (var floor = 0; floor < lines.Length; floor++)
            foreach (var room in lines[floor].Split("  ")[0].Split(" + "))
                floors.Add(room, floor);
    }

    /// <summary>The C# files of a project's folder, by their paths in it.</summary>
    public static IReadOnlyDictionary<string, string> Read(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: file, Path: Path.GetRelativePath(folder, file).Replace('\\', '/')))
            .Where(file => file.Path.Split('/')[0] is not ("bin" or "obj"))
            .ToDictionary(file => file.Path, file => System.IO.File.ReadAllText(file.File), StringComparer.Ordinal);

    /// <summary>Everything that breaks a law, each with its place; the paths are those of <see cref="Read"/>.</summary>
    public IReadOnlyList<string> Mistakes(IReadOnlyDictionary<string, string> files)
    {
        var trees = files
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => CSharpSyntaxTree.ParseText(file.Value, path: file.Key))
            .ToList();
        var known = trees.Select(Room).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. known.Except(floors.Keys).Order(StringComparer.Ordinal).Select(room => $"{room}: the list has no such room"),
            .. floors.Keys.Except(known).Select(room => $"{room}: the list has this room, and it holds no C#"),
            .. trees.SelectMany(Form),
            .. Arrows(trees),
        ];
    }

    private IEnumerable<string> Form(SyntaxTree tree)
    {
        var (path, room, root) = (tree.FilePath, Room(tree), tree.GetCompilationUnitRoot());
        var expected = room == "." ? project : $"{project}.{room.Replace('/', '.')}";
        foreach (var space in root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Select(n => n.Name.ToString()))
            if (space != expected)
                yield return $"{path}: its namespace is {space}, its folder's is {expected}";

        var types = root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .Where(node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
            .Cast<MemberDeclarationSyntax>()
            .Where(type => !type.Modifiers.Any(SyntaxKind.FileKeyword))
            .ToList();
        // A word's own enum may stand beside it.
        var ideas = types.Count > 1 ? types.Where(type => type is not EnumDeclarationSyntax).Select(Name).Distinct().ToList() : [];
        if (ideas.Count > 1)
            yield return $"{path}: it holds {ideas.Count} types: {string.Join(", ", ideas)}";
        if (types.Count > 0 && !types.Select(Name).Contains(Path.GetFileName(path).Split('.')[0]))
            yield return $"{path}: none of its types is called like it";

        var lines = tree.GetText().Lines;
        if (lines.Count - 1 > LongestFile)
            yield return $"{path}: it has {lines.Count - 1} lines, more than {LongestFile}";
        foreach (var line in lines)
            if (line.End - line.Start > LongestLine)
                yield return $"{path}({line.LineNumber + 1}): the line has {line.End - line.Start} characters, more than {LongestLine}";
    }

    /// <summary>The arrows that go up, and the circles that arrows make.</summary>
    private IEnumerable<string> Arrows(IReadOnlyList<SyntaxTree> trees)
    {
        var arrows = new Dictionary<(string From, string To), string>();
        var compilation = CSharpCompilation.Create(
            project,
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings)],
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true)
        );
        foreach (var tree in trees)
        {
            var (model, from) = (compilation.GetSemanticModel(tree), Room(tree));
            foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                var symbol =
                    model.GetSymbolInfo(name) is var info && info.Symbol is null ? info.CandidateSymbols.FirstOrDefault() : info.Symbol;
                var type = symbol as INamedTypeSymbol ?? symbol?.ContainingType;
                // A type in several rooms (partial) is of the room that it is first declared in.
                if (
                    type?.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree is { } declared
                    && Room(declared) != from
                )
                    arrows.TryAdd(
                        (from, Room(declared)),
                        $"{tree.FilePath}({name.GetLocation().GetLineSpan().StartLinePosition.Line + 1}): {type.Name}"
                    );
            }
        }

        foreach (var (arrow, place) in arrows.OrderBy(a => a.Value, StringComparer.Ordinal))
            if (floors.GetValueOrDefault(arrow.To) > floors.GetValueOrDefault(arrow.From))
                yield return $"{arrow.From} knows {arrow.To}, which is above it: {place}";

        var next = arrows.Keys.ToLookup(arrow => arrow.From, arrow => arrow.To);
        foreach (var room in floors.Keys)
            if (Way(room, room, next) is { } circle && circle.Any(other => floors[other] != floors[room]) && circle[0] == circle.Min())
                yield return $"{string.Join(" → ", circle.Append(room))}: a circle";
    }

    /// <summary>The shortest way along arrows from a room to another; null where there is none.</summary>
    private static List<string>? Way(string from, string to, ILookup<string, string> next)
    {
        var ways = new Queue<List<string>>([
            [from],
        ]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (ways.TryDequeue(out var way))
            foreach (var room in next[way[^1]])
            {
                if (room == to)
                    return way;
                if (seen.Add(room))
                    ways.Enqueue([.. way, room]);
            }

        return null;
    }

    private IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(path => Path.GetFileNameWithoutExtension(path) != project)
            .Select(path => MetadataReference.CreateFromFile(path));

    private static string Room(SyntaxTree tree) =>
        Path.GetDirectoryName(tree.FilePath) is { Length: > 0 } folder ? folder.Replace('\\', '/') : ".";

    private static string Name(MemberDeclarationSyntax type) =>
        type is DelegateDeclarationSyntax named ? named.Identifier.Text : ((BaseTypeDeclarationSyntax)type).Identifier.Text;
}
