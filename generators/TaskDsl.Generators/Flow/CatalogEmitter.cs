using TaskDsl.Generators.Emission;

namespace TaskDsl.Generators.Flow;

/// <summary>Writes the catalogue of everything that the project declares.</summary>
public static class CatalogEmitter
{
    /// <summary>The whole file.</summary>
    public static string Emit(ProjectIndex index, ProjectOptions options)
    {
        var rootNamespace = options.RootNamespace;
        // Here, and not by the build: what a project is called may be no namespace, and then it is the generator that makes one of it.
        var writer = CodeWriter.BeginFile(rootNamespace, options.ImplicitUsings ? [rootNamespace, .. Preferred(index, options)] : []);
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
                        foreach (var project in options.Projects)
                            writer.Line($"{project.Global("TaskCatalog")}.Default,");
                writer.Line("Assembly = typeof(TaskCatalog).Assembly,");
            }
        }

        return writer.ToString();
    }

    /// <summary>
    /// Classes of which other projects have their own under the same name: whoever uses their namespaces too means this project's.
    /// </summary>
    private static IEnumerable<string> Preferred(ProjectIndex index, ProjectOptions options) =>
        options.Projects.Count == 0 || options.RootNamespace.Length == 0
            ? []
            : index
                .Entries.Where(e => e.IsWhole && e.Project is null && !e.Kind.HasOwnClass)
                .Select(e => e.ClassName)
                .Prepend("TaskCatalog")
                .Distinct()
                .Select(name => $"{name} = global::{options.RootNamespace}.{name}");

    private static void List(CodeWriter writer, string property, IEnumerable<string> expressions, string rootNamespace)
    {
        using (writer.Indented($"{property} =\n[", "],"))
        {
            foreach (var expression in expressions)
                writer.Line($"global::{(rootNamespace.Length == 0 ? "" : rootNamespace + ".")}{expression},");
        }
    }
}
