using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>A value whose type is known where it is used.</summary>
/// <param name="Node">The value.</param>
/// <param name="Text">What it is called: <c>lora(rank=8)</c>.</param>
public sealed record BoundAny(YamlNode Node, string Text) : BoundValue(Node);
