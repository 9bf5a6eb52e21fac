using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A value of the YAML that fits its type.</summary>
/// <param name="Node">Where it stands.</param>
public abstract record BoundValue(YamlNode Node)
{
    /// <summary>Where it stands.</summary>
    public SourceSpan Span => Node.Span;

    /// <summary>Whether it, or something inside it, is such a value.</summary>
    public bool Any(Func<BoundValue, bool> what) =>
        what(this)
        || this switch
        {
            BoundList list => list.Items.Any(item => item.Any(what)),
            BoundMap map => map.Entries.Any(entry => entry.Value.Any(what)),
            BoundRecord record => record.Properties.Any(property => property.Value.Any(what)),
            _ => false,
        };
}
