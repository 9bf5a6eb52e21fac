namespace TaskDsl.Generators.Scriban.Types;

/// <summary>A truth value.</summary>
public sealed record BoolType : TemplateType;
