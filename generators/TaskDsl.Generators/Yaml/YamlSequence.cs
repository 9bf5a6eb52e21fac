using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Yaml;

/// <summary>A sequence.</summary>
public sealed class YamlSequence(SourceSpan span, IReadOnlyList<YamlNode> items) : YamlNode(span)
{
    /// <summary>The items, in order.</summary>
    public IReadOnlyList<YamlNode> Items { get; } = items;

    /// <inheritdoc/>
    public override string Description => "a sequence";
}
