using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TaskDsl.Testing;

/// <summary>
/// A project of YAML files, and C# beside them, that exists in memory only. Immutable: what adds a file returns another project, so that
/// an edit is <c>project.Add(samePath, otherText)</c>.
/// </summary>
public sealed record GeneratorProject
{
    private static readonly string[] DefinitionFiles = [".yaml", ".yml"];
    private static readonly string[] DataFiles =
    [
        ".jsonl",
        ".ndjson",
        ".json",
        ".csv",
        ".tsv",
        ".tab",
        ".conll",
        ".iob",
        ".bio",
        ".txt",
        ".parquet",
        ".arrow",
        ".arrows",
        ".feather",
        ".ipc",
        ".gz",
        ".zst",
    ];
    private static readonly string[] NotOfTheProject = ["bin", "obj", "runs"];
    private const string NoData = "packages.lock.json";

    /// <summary>The namespace of the generated code. Default: <c>Desk</c>.</summary>
    public string RootNamespace { get; init; } = "Desk";

    /// <summary>The YAML files, and data files of which the first 64 KiB count, by path.</summary>
    public ImmutableSortedDictionary<string, ProjectFile> Files { get; init; } =
        ImmutableSortedDictionary.Create<string, ProjectFile>(StringComparer.Ordinal);

    /// <summary>The C# files, by path.</summary>
    public ImmutableSortedDictionary<string, SyntaxTree> Sources { get; init; } =
        ImmutableSortedDictionary.Create<string, SyntaxTree>(StringComparer.Ordinal);

    /// <summary>
    /// The assemblies that the project refers to; the vocabulary comes from them. Default: what the test itself runs with, which is what
    /// its project refers to.
    /// </summary>
    public ImmutableArray<MetadataReference> References { get; init; } = Running.Value;

    /// <summary>
    /// Whether <see cref="GeneratorRun.Result"/> names the steps of the run and the reason of each, for tests of incrementality. Roslyn's
    /// bookkeeping grows with the cube of the number of files: a hundred are plenty. Default: false.
    /// </summary>
    public bool TrackSteps { get; init; }

    /// <summary>The projects that it refers to.</summary>
    internal ImmutableArray<ReferredProject> Projects { get; init; } = [];

    /// <summary>The folder that it was taken from, as the compiler gives it; empty where it lies nowhere.</summary>
    internal string Folder { get; init; } = "";

    internal static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    private static Lazy<ImmutableArray<MetadataReference>> Running { get; } =
        new(() =>
            [
                .. ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
                    .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                    .Where(path => !Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
                    .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)),
            ]
        );

    /// <summary>
    /// A project of all the definitions and data files under a folder: what a build would include, read as a build reads it.
    /// </summary>
    /// <param name="folder">The folder; a relative one starts at the folder that the test runs in.</param>
    public static GeneratorProject FromFolder(string folder)
    {
        var root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"There is no folder '{root}' to take a project from. Is it copied to the test's output?");
        var files = ImmutableSortedDictionary.CreateBuilder<string, ProjectFile>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(root, path).Replace('\\', '/');
            var extension = Path.GetExtension(name).ToLowerInvariant();
            var parts = name.Split('/');
            if (NotOfTheProject.Contains(parts[0]) || parts[..^1].Any(part => part.StartsWith('.')) || parts[^1] == NoData)
                continue;
            if (DefinitionFiles.Contains(extension))
            {
                using var stream = File.OpenRead(path);
                files[name] = ProjectFile.Read(name, stream);
            }
            else if (DataFiles.Contains(extension))
            {
                files[name] = ProjectFile.OnDisk(path);
            }
        }

        return new GeneratorProject { Files = files.ToImmutable(), Folder = root };
    }

    /// <summary>With this file; one of the same path is replaced. Of a data file the first 64 KiB count.</summary>
    public GeneratorProject Add(string path, string text = "") => Add(ProjectFile.Of(path, text));

    /// <summary>With this file; one of the same path is replaced.</summary>
    public GeneratorProject Add(ProjectFile file) => this with { Files = Files.SetItem(file.Path, file) };

    /// <summary>Without the file of this path.</summary>
    public GeneratorProject Remove(string path) => this with { Files = Files.Remove(path) };

    /// <summary>With this C# file; one of the same path is replaced.</summary>
    public GeneratorProject AddSource(string path, string csharp) =>
        this with
        {
            Sources = Sources.SetItem(
                path,
                CSharpSyntaxTree.ParseText(
                    csharp,
                    ParseOptions.WithDocumentationMode(DocumentationMode.Parse),
                    path,
                    System.Text.Encoding.UTF8
                )
            ),
        };

    /// <summary>With a reference to another project, as the build makes one: to its assembly and to its definitions.</summary>
    /// <param name="name">What the other project is called.</param>
    /// <param name="other">The other project.</param>
    /// <exception cref="SnapshotException">It does not compile.</exception>
    public GeneratorProject AddProject(string name, GeneratorProject other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var folder = $"/{name}/";
        var files = Files.ToBuilder();
        foreach (var (path, file) in other.Files.Where(file => DefinitionFiles.Contains(Path.GetExtension(file.Key))))
            files[folder + path] = ProjectFile.Of(folder + path, file.GetText()!.ToString());
        return this with
        {
            Files = files.ToImmutable(),
            References = References.Add(MetadataReference.CreateFromImage(other.Run().Image())),
            Projects = Projects.Add(new ReferredProject(name, other.RootNamespace, folder)),
        };
    }

    /// <summary>With a reference to this assembly.</summary>
    public GeneratorProject AddReference(Assembly assembly) =>
        this with
        {
            References = References.Add(MetadataReference.CreateFromFile(assembly.Location)),
        };

    /// <summary>Runs the generator over the project.</summary>
    public GeneratorRun Run(CancellationToken cancellationToken = default) => GeneratorRun.Begin(this, cancellationToken);
}
