namespace TaskDsl.Generators.Scriban.Types;

/// <summary>A number.</summary>
public sealed record NumberType(bool IsWhole, bool IsInt = false) : TemplateType;
