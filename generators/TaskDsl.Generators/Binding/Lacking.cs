using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>Records of which each property is right by itself, and that have none or too many of several.</summary>
public static class Lacking
{
    /// <summary>A problem for each that needs exactly one of several and has another number of them.</summary>
    public static IEnumerable<Problem> OneOf(BoundValue value, string path) =>
        from record in value.All.OfType<BoundRecord>()
        where record.Type.OneOf.Count > 0
        let given = record.Properties.Where(p => record.Type.OneOf.Contains(p.Property.Name) && p.Value is not BoundNull).ToList()
        where given.Count != 1
        let keys = record.Type.Properties.Where(p => record.Type.OneOf.Contains(p.Name)).Select(p => p.Key).ToList()
        select given.Count == 0
            ? new Problem(Rules.Missing, path, Place(record), record.Type.Label, string.Join("' or '", keys), "")
            : new Problem(Rules.NotOne, path, given[1].Key.Span, given[1].Property.Key, given[0].Property.Key);

    /// <summary>
    /// A warning for each that has nothing of which it needs something to be of use; an empty list says that there is none, or that C#
    /// gives some.
    /// </summary>
    public static IEnumerable<Problem> Of(BoundValue value, string path) =>
        from record in value.All.OfType<BoundRecord>()
        let any = record.Type.AnyOf
        where any is not null && !record.Properties.Any(p => any.Properties.Contains(p.Property.Name) && p.Value is not BoundNull)
        let keys = record.Type.Properties.Where(p => any.Properties.Contains(p.Name)).Select(p => $"'{p.Key}'")
        select new Problem(Rules.NoneOf, path, Place(record), record.Type.Label, string.Join(" or ", keys), any.Otherwise);

    private static SourceSpan Place(BoundRecord record) =>
        record.Node is YamlMapping { Entries: [var first, ..] } ? first.Key.Span : record.Span;
}
