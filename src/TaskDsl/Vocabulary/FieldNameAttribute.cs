namespace TaskDsl.Vocabulary;

/// <summary>
/// Says that a text, the items of a list or the keys of a mapping name fields of the task that they stand in: the compiler checks that
/// there are such fields.
/// </summary>
/// <param name="types">The types that the fields may have, as <c>text</c>; optional ones of these types too. Default: any.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldNameAttribute(params string[] types) : Attribute
{
    /// <summary>The types that the fields may have; none for any.</summary>
    public IReadOnlyList<string> Types { get; } = types;
}
