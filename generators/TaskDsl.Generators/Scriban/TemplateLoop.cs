namespace TaskDsl.Generators.Scriban;

/// <summary>A loop of a template.</summary>
/// <param name="Items">The C# name of the span that is walked.</param>
/// <param name="Index">The C# name of the index.</param>
public sealed record TemplateLoop(string Items, string Index);
