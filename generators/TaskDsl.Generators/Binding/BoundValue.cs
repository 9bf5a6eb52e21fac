using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A value of the YAML that fits its type.</summary>
/// <param name="Node">Where it stands.</param>
public abstract record BoundValue(YamlNode Node)
{
    /// <summary>Where it stands.</summary>
    public SourceSpan Span => Node.Span;
}
