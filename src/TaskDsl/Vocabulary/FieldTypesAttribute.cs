namespace TaskDsl.Vocabulary;

/// <summary>Says which outputs a word is for: one field of one of these types. Without it a word is for any output.</summary>
/// <param name="types">The types in the YAML's words, as <c>list&lt;text&gt;</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public abstract class FieldTypesAttribute(params string[] types) : Attribute
{
    /// <summary>The types in the YAML's words.</summary>
    public IReadOnlyList<string> Types { get; } = types;
}
