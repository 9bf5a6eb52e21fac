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
        var writer = CodeWriter.BeginFile(rootNamespace, options.ImplicitUsings ? rootNamespace : "");
        writer.Summary("Everything that this project's YAML files declare.");
        using (writer.Block("public static class TaskCatalog"))
        {
            writer.Line("private static global::TaskDsl.Catalog? catalog;");
            writer.Line();
            writer.Summary("The catalogue.");
            using (writer.Block("public static global::TaskDsl.Catalog Default => catalog ??= new global::TaskDsl.Catalog", "};"))
            {
                foreach (var list in index.Entries.Where(e => e.IsWhole).GroupBy(e => e.Kind.Listing))
                    List(writer, list.Key, list, rootNamespace);
                writer.Line("Assembly = typeof(TaskCatalog).Assembly,");
            }
        }

        return writer.ToString();
    }

    private static void List(CodeWriter writer, string property, IEnumerable<IndexEntry> entries, string rootNamespace)
    {
        using (writer.Indented($"{property} =\n[", "],"))
        {
            foreach (var entry in entries)
                writer.Line($"global::{(rootNamespace.Length == 0 ? "" : rootNamespace + ".")}{entry.Expression},");
        }
    }
}
