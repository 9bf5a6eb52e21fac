using Microsoft.CodeAnalysis.Diagnostics;
using TaskDsl.Generators.Emission;

namespace TaskDsl.Generators.Flow;

/// <summary>What the build says of the project.</summary>
/// <param name="RootNamespace">The namespace of generated code.</param>
/// <param name="ProjectDirectory">The project's folder, with <c>/</c> at its end; empty where the build does not say.</param>
public sealed record ProjectOptions(string RootNamespace, string ProjectDirectory)
{
    public static ProjectOptions Read(AnalyzerConfigOptions options, string assemblyName)
    {
        var root = options.TryGetValue("build_property.RootNamespace", out var named) && named.Length > 0 ? named : assemblyName;
        var directory = options.TryGetValue("build_property.MSBuildProjectDirectory", out var folder)
            ? folder.Replace('\\', '/').TrimEnd('/') + "/"
            : "";
        return new ProjectOptions(
            string.Join(".", root.Split(['.'], StringSplitOptions.RemoveEmptyEntries).Select(Names.Identifier)),
            directory
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
