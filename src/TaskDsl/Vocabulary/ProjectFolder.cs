using System.Reflection;

namespace TaskDsl.Vocabulary;

/// <summary>The folder of the project that an assembly was compiled from: relative paths in its YAML start there.</summary>
internal static class ProjectFolder
{
    /// <summary>
    /// The folder that the package's build props record in the assembly; where it is gone (a published program), the program's own. Null
    /// for an assembly without YAML.
    /// </summary>
    public static string? Of(Assembly assembly) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "TaskDsl.ProjectDirectory")?.Value
            is not { } path
            ? null
        : Directory.Exists(path) ? path
        : AppContext.BaseDirectory;
}
