using TaskDsl.Generators.Emission;

namespace TaskDsl.Generators.Flow;

/// <summary>Writes the catalogue of everything that the project declares.</summary>
public static class CatalogEmitter
{
    // The properties of TaskDsl.Catalog.
    private static readonly string[] Listings = ["Tasks", "Prompts", "Definitions"];

    /// <summary>The whole file.</summary>
    public static string Emit(ProjectIndex index, string rootNamespace)
    {
        var writer = CodeWriter.BeginFile(rootNamespace);
        writer.Summary("Everything that this project's YAML files declare.");
        using (writer.Block("public static class TaskCatalog"))
        {
            writer.Line("private static global::TaskDsl.Catalog? catalog;");
            writer.Line();
            writer.Summary("The catalogue.");
            using (writer.Block("public static global::TaskDsl.Catalog Default => catalog ??= new global::TaskDsl.Catalog", "};"))
            {
                foreach (var property in Listings)
                    List(writer, property, index.Entries.Where(e => e.IsWhole && e.Kind.Listing == property), rootNamespace);
                writer.Line("Assembly = typeof(TaskCatalog).Assembly,");
            }
        }

        return writer.ToString();
    }

    private static void List(CodeWriter writer, string property, IEnumerable<IndexEntry> entries, string rootNamespace)
    {
        var expressions = entries.Select(e => $"global::{(rootNamespace.Length == 0 ? "" : rootNamespace + ".")}{e.Expression},").ToList();
        if (expressions.Count == 0)
        {
            writer.Line($"{property} = [],");
            return;
        }

        using (writer.Indented($"{property} =\n[", "],"))
        {
            foreach (var expression in expressions)
                writer.Line(expression);
        }
    }
}
