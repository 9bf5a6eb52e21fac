using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>Writes the catalogue of everything that the project declares.</summary>
public static class CatalogEmitter
{
    /// <summary>The whole file.</summary>
    /// <param name="index">What it declares.</param>
    /// <param name="paths">The files and folders that it names.</param>
    /// <param name="options">What the build says.</param>
    public static string Emit(ProjectIndex index, EquatableArray<string> paths, ProjectOptions options)
    {
        var rootNamespace = options.RootNamespace;
        // Here, and not by the build: what a project is called may be no namespace, and then it is the generator that makes one of it.
        var writer = CodeWriter.BeginFile(rootNamespace, [.. Usings(index, options), .. Named(paths)]);
        writer.Summary("Everything that this project's YAML files declare.");
        using (writer.Block("public static class TaskCatalog"))
        {
            writer.Line("private static global::TaskDsl.Catalog? catalog;");
            writer.Line();
            writer.Summary("The catalogue.");
            using (writer.Block("public static global::TaskDsl.Catalog Default => catalog ??= new global::TaskDsl.Catalog", "};"))
            {
                foreach (var list in index.Entries.Where(e => e.IsWhole && e.Project is null).GroupBy(e => e.Kind.Listing))
                    List(writer, list.Key, list.Select(e => e.Expression), rootNamespace);
                if (options.Projects.Count > 0)
                    using (writer.Indented("Referenced =\n[", "],"))
                        // A project that takes definitions from elsewhere has several folders.
                        foreach (var catalog in options.Projects.Select(project => project.Global("TaskCatalog")).Distinct())
                            writer.Line($"{catalog}.Default,");
                writer.Line("Assembly = typeof(TaskCatalog).Assembly,");
            }
        }

        return writer.ToString();
    }

    /// <summary>
    /// The namespace of generated code; and classes of which other projects have their own under the same name: whoever uses their
    /// namespaces too means this project's.
    /// </summary>
    private static IEnumerable<string> Usings(ProjectIndex index, ProjectOptions options)
    {
        if (!options.ImplicitUsings || options.RootNamespace.Length == 0)
            return [];
        var shared = index.Entries.Where(e => e.IsWhole && e.Project is null && !e.Kind.HasOwnClass).Select(e => e.ClassName);
        return
        [
            $"global using global::{options.RootNamespace};",
            .. (options.Projects.Count > 0 ? shared.Prepend("TaskCatalog").Distinct() : []).Select(name =>
                $"global using {name} = global::{options.RootNamespace}.{name};"
            ),
        ];
    }

    // What a list of files in MSBuild means something else by, and what ends this one.
    private const string Signs = "%;|<@$'";

    // The build reads it out of the assembly, as text, when the program is published: what is named is taken along.
    private static IEnumerable<string> Named(EquatableArray<string> paths) =>
        paths.Count == 0
            ? []
            :
            [
                "[assembly: global::System.Reflection.AssemblyMetadata(\"TaskDsl.Paths\", "
                    + CodeWriter.Literal($"<taskdsl-paths>{string.Join("|", paths.Select(Escaped))}</taskdsl-paths>")
                    + ")]",
            ];

    // Twice, as MSBuild undoes it: once where the list is unescaped, once where a file is named.
    private static string Escaped(string path) => string.Concat(path.Select(c => Signs.IndexOf(c) < 0 ? $"{c}" : $"%25{(int)c:X2}"));

    private static void List(CodeWriter writer, string property, IEnumerable<string> expressions, string rootNamespace)
    {
        using (writer.Indented($"{property} =\n[", "],"))
        {
            foreach (var expression in expressions)
                writer.Line($"global::{(rootNamespace.Length == 0 ? "" : rootNamespace + ".")}{expression},");
        }
    }
}
