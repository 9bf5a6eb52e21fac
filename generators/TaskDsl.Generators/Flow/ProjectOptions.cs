using Microsoft.CodeAnalysis.Diagnostics;
using TaskDsl.Generators.Emission;

namespace TaskDsl.Generators.Flow;

/// <summary>What the build says of the project.</summary>
/// <param name="RootNamespace">The namespace of generated code.</param>
/// <param name="ProjectDirectory">The project's folder, with <c>/</c> at its end; empty where the build does not say.</param>
/// <param name="ImplicitUsings">Whether the project's C# sees the namespace of generated code without saying so.</param>
public sealed record ProjectOptions(string RootNamespace, string ProjectDirectory, bool ImplicitUsings)
{
    public static ProjectOptions Read(AnalyzerConfigOptions options, string assemblyName)
    {
        var root = options.TryGetValue("build_property.RootNamespace", out var named) && named.Length > 0 ? named : assemblyName;
        var directory = options.TryGetValue("build_property.MSBuildProjectDirectory", out var folder)
            ? folder.Replace('\\', '/').TrimEnd('/') + "/"
            : "";
        return new ProjectOptions(
            string.Join(".", root.Split(['.'], StringSplitOptions.RemoveEmptyEntries).Select(Names.Identifier)),
            directory,
            options.TryGetValue("build_property.ImplicitUsings", out var implicitly) && implicitly is "enable" or "true"
        );
    }

    /// <summary>A path relative to the project's folder, with <c>/</c>.</summary>
    public string Relative(string path)
    {
        path = path.Replace('\\', '/');
        return ProjectDirectory.Length > 1 && path.StartsWith(ProjectDirectory, StringComparison.Ordinal)
            ? path.Substring(ProjectDirectory.Length)
            : path;
    }
}
