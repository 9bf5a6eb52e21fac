using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Columns;

/// <summary>A field of labels or of text, and where its values stand in the records of a source.</summary>
/// <param name="Name">The field, behind those that it stands in: <c>party.role</c>.</param>
/// <param name="Field">The field.</param>
/// <param name="Path">Where its values stand.</param>
internal sealed record FieldPlace(string Name, FieldModel Field, ValuePath Path)
{
    /// <summary>The places of a source, in the order of the fields.</summary>
    public static IReadOnlyList<FieldPlace> Of(BoundRecord source, IReadOnlyList<FieldModel> fields)
    {
        var columns = source.Entries("columns").ToLookup(entry => entry.Key.Value, entry => (entry.Value as BoundScalar)?.Value as string);
        var isFlat = TextFormat.Of(source) is { IsFlat: true };
        return
        [
            .. fields
                .Where(field => field.Type.IsOneItem || !isFlat)
                .SelectMany(field => In(field, "", [columns[field.Name].FirstOrDefault() ?? field.Name])),
        ];
    }

    private static IEnumerable<FieldPlace> In(FieldModel field, string outer, IReadOnlyList<string> names)
    {
        var type = field.Type.Innermost;
        if (type.HasFields)
            return field.Fields.SelectMany(inner => In(inner, $"{outer}{field.Name}.", [.. names, inner.Name]));
        if (type.LabelWord is null && !type.IsText)
            return [];
        IEnumerable<string> path = type.LabelProperty is { } property ? names.Append(property) : names;
        return [new FieldPlace(outer + field.Name, field, new ValuePath(new EquatableArray<string>(path)))];
    }
}
