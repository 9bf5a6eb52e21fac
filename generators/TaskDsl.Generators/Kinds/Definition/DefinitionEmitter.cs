using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Flow;

namespace TaskDsl.Generators.Kinds.Definition;

/// <summary>Writes a definition that needs no code of its own (a recipe, say) as a property that holds the object graph.</summary>
public static class DefinitionEmitter
{
    /// <summary>The whole file.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="entry">Its place in the index.</param>
    /// <param name="context">What it is written with.</param>
    /// <param name="tables">Writes, behind the definition, the arrays that its expressions refer to.</param>
    public static string Emit(
        BoundRecord definition,
        IndexEntry entry,
        EmitContext context,
        Func<IEnumerable<(string Name, IEnumerable<string> Words)>>? tables = null
    )
    {
        var writer = CodeWriter.BeginFile(context.RootNamespace);
        // An expression may test what never changes, or compare a field with itself.
        if (tables is not null)
            writer.Line("#pragma warning disable CS0162, CS1718").Line();
        var property = entry.Member;
        writer.Summary($"The {entry.Kind.Word} definitions of this project.");
        using (writer.Block($"public static partial class {entry.ClassName}"))
        {
            // Made at first use: definitions may refer to each other, whatever the order of files.
            var field = Names.Camel(property) is var camel && camel != property ? camel : "_" + property;
            writer.Line($"private static {definition.Type.Name}? {field};");
            writer.Line();
            writer.Summary(definition.Text("summary") is { Length: > 0 } summary ? summary : $"The {entry.Kind.Word} '{entry.Name}'.");
            writer.Line($"public static {definition.Type.Name} {property} => {field} ??= global::TaskDsl.Vocabulary.Definition.Declare(");
            writer.Line($"    {ValueEmitter.Emit(definition, context).Replace("\n", "\n    ")},");
            writer.Line($"    typeof({entry.ClassName}).Assembly");
            writer.Line(");");
            foreach (var (table, words) in tables?.Invoke() ?? [])
                writer.Line().Line($"private static readonly string[] {table} = [{string.Join(", ", words.Select(CodeWriter.Literal))}];");
        }

        return writer.ToString();
    }
}
