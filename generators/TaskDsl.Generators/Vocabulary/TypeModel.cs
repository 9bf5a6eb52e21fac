namespace TaskDsl.Generators.Vocabulary;

/// <summary>A type of the vocabulary.</summary>
/// <param name="Name">The C# name with <c>global::</c>.</param>
/// <param name="Label">The word that errors call it by.</param>
public abstract record TypeModel(string Name, string Label);
