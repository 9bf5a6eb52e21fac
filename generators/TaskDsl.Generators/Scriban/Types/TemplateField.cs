namespace TaskDsl.Generators.Scriban.Types;

/// <summary>A field of a record, or a variable.</summary>
/// <param name="Name">Its name in the template.</param>
/// <param name="Property">Its property in C#.</param>
/// <param name="Type">What it holds.</param>
/// <param name="IsNullable">Whether it may be absent.</param>
public sealed record TemplateField(string Name, string Property, TemplateType Type, bool IsNullable = false);
