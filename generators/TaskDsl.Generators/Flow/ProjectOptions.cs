using Microsoft.CodeAnalysis.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>What the build says of the project.</summary>
/// <param name="RootNamespace">The namespace of generated code.</param>
/// <param name="ProjectDirectory">The project's folder, with <c>/</c> at its end; empty where the build does not say.</param>
/// <param name="ImplicitUsings">Whether the project's C# sees the namespace of generated code without saying so.</param>
/// <param name="IsInvited">
/// Whether the project itself asks for the generator: through another project's package reference the compiler may run it uninvited.
/// </param>
/// <param name="Projects">The projects that it refers to and that have definitions.</param>
public sealed record ProjectOptions(
    string RootNamespace,
    string ProjectDirectory,
    bool ImplicitUsings,
    bool IsInvited,
    EquatableArray<ReferencedProject> Projects
)
{
    public static ProjectOptions Read(AnalyzerConfigOptions options, string assemblyName)
    {
        var root = Property("RootNamespace") is { Length: > 0 } named ? named : assemblyName;
        return new ProjectOptions(
            Namespace(root),
            Folder(Property("MSBuildProjectDirectory")),
            Property("ImplicitUsings") is "enable" or "true",
            Property("TaskDslIncludeFiles").Length > 0,
            new(
                Property("TaskDslProjects")
                    .Split(['|'], StringSplitOptions.RemoveEmptyEntries)
                    .Select(project => project.Split('>'))
                    .Where(parts => parts.Length == 3)
                    .Select(parts => new ReferencedProject(parts[0], Namespace(parts[1]), Folder(parts[2])))
            )
        );

        string Property(string name) => options.TryGetValue($"build_property.{name}", out var value) ? value : "";
    }

    /// <summary>A path relative to the project's folder, with <c>/</c>.</summary>
    public string Relative(string path)
    {
        path = path.Replace('\\', '/');
        return ProjectDirectory.Length > 1 && path.StartsWith(ProjectDirectory, StringComparison.Ordinal)
            ? path.Substring(ProjectDirectory.Length)
            : path;
    }

    /// <summary>The other project that a file belongs to, the one with the nearest folder around it; null where that is this one.</summary>
    public ReferencedProject? ProjectOf(string path)
    {
        if (Projects.Count == 0)
            return null;
        path = path.Replace('\\', '/');
        var nearest = Projects
            .Where(project => path.StartsWith(project.Folder, StringComparison.Ordinal))
            .OrderByDescending(project => project.Folder.Length)
            .FirstOrDefault();
        return nearest is null || (IsHere(path) && ProjectDirectory.Length > nearest.Folder.Length) ? null : nearest;
    }

    private bool IsHere(string path) => path.StartsWith(ProjectDirectory, StringComparison.Ordinal);

    private static string Folder(string path) => path.Length == 0 ? "" : path.Replace('\\', '/').TrimEnd('/') + "/";

    private static string Namespace(string name) =>
        string.Join(".", name.Split(['.'], StringSplitOptions.RemoveEmptyEntries).Select(Names.Identifier));
}
