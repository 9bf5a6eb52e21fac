namespace TaskDsl.Generators.Vocabulary;

/// <summary>The type of a property.</summary>
/// <param name="Kind">What YAML gives it.</param>
/// <param name="Name">The C# name with <c>global::</c>.</param>
/// <param name="Element">The type of a list's items or of a map's values.</param>
/// <param name="IsNullable">Whether YAML's null is a value of it.</param>
public sealed record TypeRef(TypeKind Kind, string Name, TypeRef? Element = null, bool IsNullable = false)
{
    /// <summary>Of a reference, the kind of definition that it names, as <c>task</c>.</summary>
    public string Document { get; init; } = "";
}
