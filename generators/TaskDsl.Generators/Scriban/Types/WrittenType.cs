namespace TaskDsl.Generators.Scriban.Types;

/// <summary>A struct of any other type in C#: in templates a text.</summary>
/// <param name="Method">The static C# method that makes the text, and null of null.</param>
public sealed record WrittenType(string Method) : TemplateType;
