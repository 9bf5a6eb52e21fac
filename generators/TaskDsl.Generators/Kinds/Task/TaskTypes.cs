using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>The C# types of fields.</summary>
internal static class TaskTypes
{
    /// <summary>The fields that have a generated type of their own, outer ones first.</summary>
    public static IEnumerable<FieldModel> All(TaskModel model) => model.Input.Concat(model.Output).SelectMany(WithInner);

    /// <summary>The generated records.</summary>
    public static IEnumerable<FieldModel> Records(IEnumerable<FieldModel> fields) =>
        fields.SelectMany(WithInner).Where(f => f.Fields.Count > 0);

    /// <summary>The type of a field's property.</summary>
    public static string CSharp(FieldModel field) => CSharp(field.Type, field.TypeName);

    /// <summary>A type; <paramref name="typeName"/> is the generated enum or record inside it.</summary>
    public static string CSharp(FieldType type, string typeName) =>
        type.Kind switch
        {
            FieldKind.Int => "int",
            FieldKind.Float => "double",
            FieldKind.Bool => "bool",
            FieldKind.Label or FieldKind.Record => typeName,
            FieldKind.Labels => $"global::TaskDsl.Tasks.LabelSet<{typeName}>",
            FieldKind.Entities => $"global::TaskDsl.Tasks.ValueList<global::TaskDsl.Tasks.Entity<{typeName}>>",
            FieldKind.List => $"global::TaskDsl.Tasks.ValueList<{CSharp(type.Element!, typeName)}>",
            _ => "string",
        } + (type.IsOptional ? "?" : "");

    /// <summary>A list of string literals.</summary>
    public static string Strings(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(CodeWriter.Literal))}]";

    /// <summary>Whether a value names another definition.</summary>
    public static bool HasReference(BoundValue? value) => Has(value, part => part is BoundReference);

    /// <summary>Whether something is computed from examples in a value.</summary>
    public static bool HasExpression(BoundValue? value) => Has(value, part => part is BoundScalar { Type.Kind: TypeKind.Expression });

    private static bool Has(BoundValue? value, Func<BoundValue, bool> what) =>
        value is not null
        && (
            what(value)
            || value switch
            {
                BoundList list => list.Items.Any(item => Has(item, what)),
                BoundMap map => map.Entries.Any(e => Has(e.Value, what)),
                BoundRecord record => record.Properties.Any(p => Has(p.Value, what)),
                _ => false,
            }
        );

    private static IEnumerable<FieldModel> WithInner(FieldModel field) =>
        field.TypeName.Length == 0 ? [] : field.Fields.SelectMany(WithInner).Prepend(field);
}
