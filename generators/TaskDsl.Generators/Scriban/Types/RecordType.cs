using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Scriban.Types;

/// <summary>A record.</summary>
public sealed record RecordType(EquatableArray<TemplateField> Fields) : TemplateType
{
    /// <summary>Whether it is a struct in C#.</summary>
    public bool IsValue { get; init; }
}
