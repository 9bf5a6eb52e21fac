using System.Reflection;
using System.Runtime.CompilerServices;

namespace TaskDsl.Vocabulary;

/// <summary>The folder of the project that an assembly was compiled from: relative paths in its YAML start there.</summary>
internal static class ProjectFolder
{
    private static readonly ConditionalWeakTable<Assembly, string?> Known = new();

    /// <summary>
    /// The folder that stands in the file which the build lays beside the program. Where there is none, the program is published: what its
    /// own project's YAML names lies beside it, what another project's does in a folder of that project's name. An assembly that was
    /// compiled in memory, by a test, tells its folder itself. Null for an assembly without YAML.
    /// </summary>
    public static string? Of(Assembly assembly) => Known.GetValue(assembly, static assembly => Said(assembly, "TaskDsl.ProjectDirectory")
                is { } told
                ? told
            : Said(assembly, "TaskDsl.Project") is { } project ? Built(assembly) ?? Published(assembly, project)
            : null);

    private static string? Said(Assembly assembly, string key) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(said => said.Key == key)?.Value;

    private static string? Built(Assembly assembly)
    {
        var file = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".taskdsl");
        return File.Exists(file) && File.ReadAllText(file).Trim() is var folder && Directory.Exists(folder) ? folder : null;
    }

    private static string Published(Assembly assembly, string project) =>
        assembly != Assembly.GetEntryAssembly() && Path.Combine(AppContext.BaseDirectory, project) is var own && Directory.Exists(own)
            ? own
            : AppContext.BaseDirectory;
}
