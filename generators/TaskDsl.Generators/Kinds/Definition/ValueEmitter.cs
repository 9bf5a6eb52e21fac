using System.Globalization;
using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Kinds.Definition;

/// <summary>Writes a value as the C# expression that makes it. Only what the YAML gives is written: defaults live in the types.</summary>
public static class ValueEmitter
{
    /// <summary>The expression; it may span lines, indented by four spaces a level.</summary>
    public static string Emit(BoundValue value, EmitContext context) =>
        value switch
        {
            BoundNull => "null",
            BoundAny any => $"new({CodeWriter.Literal(any.Text)})",
            BoundEach { IsSeed: true } seed => $"{seed.Parameter}.Seed",
            BoundEach each => Lines(
                $"{each.Parameter}.Of<{each.Type.Name}{(each.Type.IsNullable ? "?" : "")}>({CodeWriter.Literal(each.Axis)}, [",
                each.Items.Select(item => Emit(item, context)),
                "])"
            ),
            BoundRecord { Each: { } parameter } record => Swept(record, parameter, context),
            BoundScalar { Type.Kind: TypeKind.Expression } scalar => Expression(scalar, context),
            BoundScalar scalar => Literal(scalar),
            BoundEnum word => $"{word.Type.Name}.{word.Member.Name}",
            BoundReference reference => Reference(reference, context),
            BoundList { Items.Count: 0 } => "[]",
            BoundList list => Lines("[", list.Items.Select(item => Emit(item, context)), "]"),
            BoundMap map => Lines(
                $"new global::System.Collections.Generic.Dictionary<string, {map.Element.Name}>\n{{",
                map.Entries.Select(entry => $"[{CodeWriter.Literal(entry.Key.Value)}] = {Emit(entry.Value, context)}"),
                "}"
            ),
            BoundRecord { Properties.Count: 0 } record => $"new {record.Type.Name}()",
            BoundRecord record => Lines($"new {record.Type.Name}\n{{", record.Properties.Select(p => Property(p, context)), "}"),
            _ => throw new InvalidOperationException(value.GetType().Name),
        };

    /// <summary>What is said once for each of several values, as a function of them.</summary>
    private static string Swept(BoundRecord record, string parameter, EmitContext context)
    {
        var sweep = record.Properties.First(p => p.Property.IsEach);
        var rest = record with { Each = null, Properties = [.. record.Properties.Where(p => p != sweep)] };
        var arguments = $"{Emit(sweep.Value, context)},\n{parameter} => {Emit(rest, context)}";
        return $"{record.Type.Name}.Swept(\n    {arguments.Replace("\n", "\n    ")}\n)";
    }

    private static string Expression(BoundScalar scalar, EmitContext context)
    {
        if (context.Expression is { } compile)
            return compile(scalar);
        context.Report(Rules.WrongType, scalar.Span, "an expression over fields", "something else: only a task has fields");
        return "null!";
    }

    // A name of nothing has its diagnostic already.
    private static string Reference(BoundReference reference, EmitContext context) =>
        context.Index.Find(reference) is not { IsWhole: true } entry ? "null!"
        : reference.Changes.Count == 0 ? context.Global(entry.Expression)
        : Lines($"{context.Global(entry.Expression)} with\n{{", reference.Changes.Select(p => Property(p, context)), "}");

    private static string Property(BoundProperty property, EmitContext context) =>
        $"{property.Property.Name} = {Emit(property.Value, context)}";

    private static string Literal(BoundScalar scalar) =>
        scalar.Value switch
        {
            bool value => value ? "true" : "false",
            long value => value.ToString(CultureInfo.InvariantCulture) + (scalar.Type.Kind == TypeKind.Long ? "L" : ""),
            double value => CodeWriter.Literal(value),
            TimeSpan value => $"new global::System.TimeSpan({value.Ticks.ToString(CultureInfo.InvariantCulture)}L)",
            var value => CodeWriter.Literal((string)value),
        };

    private static string Lines(string open, IEnumerable<string> items, string close)
    {
        var body = string.Concat(items.Select(item => "    " + item.Replace("\n", "\n    ") + ",\n"));
        return $"{open}\n{body}{close}";
    }
}
