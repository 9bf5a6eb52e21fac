namespace TaskDsl.Vocabulary;

/// <summary>Marks a record that needs exactly one of several properties, each of which may be left out by itself.</summary>
/// <param name="properties">The properties.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OneOfAttribute(params string[] properties) : Attribute
{
    /// <summary>The properties.</summary>
    public IReadOnlyList<string> Properties { get; } = properties;
}
