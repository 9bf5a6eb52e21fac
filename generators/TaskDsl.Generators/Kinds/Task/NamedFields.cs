using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Values;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>What names fields of a task (<c>[FieldName]</c>) must name some that there are, of the types that are wanted.</summary>
internal static class NamedFields
{
    /// <summary>Reports each name in a value that is none.</summary>
    /// <param name="value">The value.</param>
    /// <param name="fields">The fields that there are.</param>
    /// <param name="report">Reports a fault.</param>
    /// <param name="whose">What has them.</param>
    public static void Check(BoundValue value, IReadOnlyList<FieldModel> fields, Action<YamlNode, string> report, string whose = "the task")
    {
        foreach (var property in value.All.OfType<BoundRecord>().SelectMany(record => record.Properties))
            if (property.Property.FieldTypes is { } types)
                foreach (var name in Names(property.Value))
                    if (Fault(name, types, fields, whose) is { } fault)
                        report(name, fault);
    }

    private static IEnumerable<YamlScalar> Names(BoundValue value) =>
        value switch
        {
            BoundScalar scalar => [scalar.Scalar],
            BoundList list => list.Items.SelectMany(Names),
            BoundMap map => map.Entries.Select(e => e.Key),
            _ => [],
        };

    private static string? Fault(YamlScalar name, EquatableArray<string> types, IReadOnlyList<FieldModel> fields, string whose)
    {
        bool Fits(FieldModel field) => types.Count == 0 || types.Contains(field.Type.Written.TrimEnd('?'));
        if (fields.FirstOrDefault(f => f.Name == name.Value) is { } named)
            return Fits(named) ? null : $"the field '{name.Value}' is {named.Type.Written}; here it must be {string.Join(" or ", types)}";
        List<string> fitting = [.. fields.Where(Fits).Select(f => f.Name)];
        return $"{whose} has no field '{name.Value}'{(fitting.Count == 0 ? "" : NearestWord.Choice(name.Value, fitting))}";
    }
}
