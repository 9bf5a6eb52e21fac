namespace TaskDsl.Generators.Scriban.Types;

/// <summary>A text.</summary>
public sealed record TextType : TemplateType;
