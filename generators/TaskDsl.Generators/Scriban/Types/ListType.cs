namespace TaskDsl.Generators.Scriban.Types;

/// <summary>A list; in C# something with <c>AsSpan()</c>.</summary>
public sealed record ListType(TemplateType Item) : TemplateType
{
    /// <summary>Whether items may be null.</summary>
    public bool HasNullItems { get; init; }
}
