namespace TaskDsl.Generators.Vocabulary;

/// <summary>A kind of YAML file.</summary>
/// <param name="Kind">The kind, as <c>recipe</c>.</param>
/// <param name="Type">The record that it is bound to.</param>
public sealed record DocumentModel(string Kind, string Type);
