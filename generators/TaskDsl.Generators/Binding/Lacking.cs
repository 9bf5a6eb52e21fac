using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>Records that have all that they must have, and nothing of which they need something to be of use.</summary>
public static class Lacking
{
    /// <summary>A warning for each; an empty list says that there is none, or that C# gives some.</summary>
    public static IEnumerable<Problem> Of(BoundValue value, string path) =>
        from record in value.All.OfType<BoundRecord>()
        let any = record.Type.AnyOf
        where any is not null && !record.Properties.Any(p => any.Properties.Contains(p.Property.Name) && p.Value is not BoundNull)
        let keys = record.Type.Properties.Where(p => any.Properties.Contains(p.Name)).Select(p => $"'{p.Key}'")
        let place = record.Node is YamlMapping { Entries: [var first, ..] } ? first.Key.Span : record.Span
        select new Problem(Rules.NoneOf, path, place, record.Type.Label, string.Join(" or ", keys), any.Otherwise);
}
