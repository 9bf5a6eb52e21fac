namespace TaskDsl.Vocabulary;

/// <summary>
/// Marks a record as the root of one kind of YAML file: <c>[Document("recipe")]</c> is what a
/// <c>*.recipe.yaml</c> file is bound to. The file's first key is the kind and gives the name: <c>recipe: legal_lora</c>.
/// </summary>
/// <param name="kind">The kind, which is also the file's middle extension and its first key.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DocumentAttribute(string kind) : Attribute
{
    /// <summary>The kind, which is also the file's middle extension and its first key.</summary>
    public string Kind { get; } = kind;
}
