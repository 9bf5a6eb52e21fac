using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Scriban.Types;

/// <summary>A label: an enum in C#, in templates the surface form.</summary>
/// <param name="Words">The C# expression of the array of surface forms.</param>
public sealed record LabelType(string Words) : TemplateType
{
    /// <summary>The surface forms, where they are known.</summary>
    public EquatableArray<string> Known { get; init; }
}
