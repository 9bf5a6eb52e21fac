namespace TaskDsl.Generators.Yaml;

/// <summary>One entry of a mapping.</summary>
public readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);
