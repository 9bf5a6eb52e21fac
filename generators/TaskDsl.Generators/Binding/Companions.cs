using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Binding;

/// <summary>Properties that are right each by itself, and of which one changes what the other means.</summary>
public static class Companions
{
    /// <summary>A warning for each two that are given together.</summary>
    public static IEnumerable<Problem> Of(BoundValue value, string path) =>
        value.All.OfType<BoundRecord>().SelectMany(record => record.Properties.SelectMany(given => Own(record, given, path)));

    private static IEnumerable<Problem> Own(BoundRecord record, BoundProperty given, string path)
    {
        if (given is { Property.Beside: { } beside, Value: not BoundNull })
            foreach (var other in record.Properties.Where(p => p.Property.Name == beside.Other && p.Value is not BoundNull))
                yield return new Problem(Rules.Companions, path, given.Key.Span, given.Property.Key, other.Property.Key, beside.Meaning);
    }
}
