using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A value of the YAML that fits its type.</summary>
/// <param name="Node">Where it stands.</param>
public abstract record BoundValue(YamlNode Node)
{
    /// <summary>Where it stands.</summary>
    public SourceSpan Span => Node.Span;

    /// <summary>It and all values inside it.</summary>
    public IEnumerable<BoundValue> All => Inner.SelectMany(value => value.All).Prepend(this);

    private IEnumerable<BoundValue> Inner =>
        this switch
        {
            BoundEach each => each.Items,
            BoundList list => list.Items,
            BoundMap map => map.Entries.Select(entry => entry.Value),
            BoundReference reference => reference.Changes.Select(change => change.Value),
            BoundRecord record => record.Properties.Select(property => property.Value),
            _ => [],
        };
}
