using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Yaml;

/// <summary>A node of a YAML document.</summary>
public abstract class YamlNode(SourceSpan span)
{
    /// <summary>Where it stands.</summary>
    public SourceSpan Span { get; } = span;

    /// <summary>What it is, in words for an error.</summary>
    public abstract string Description { get; }
}
