using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Yaml;

/// <summary>A mapping; its keys are distinct scalars.</summary>
public sealed class YamlMapping(SourceSpan span, IReadOnlyList<YamlEntry> entries) : YamlNode(span)
{
    /// <summary>The entries, in order.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    /// <inheritdoc/>
    public override string Description => "a mapping";

    /// <summary>The value of a key; null where the key is absent.</summary>
    public YamlNode? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Value == key).Value;
}
