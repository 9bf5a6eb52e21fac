namespace TaskDsl.Generators.Vocabulary;

/// <summary>A word of a choice.</summary>
/// <param name="Word">The word.</param>
/// <param name="Type">The record that it stands for.</param>
/// <param name="Matches">Patterns of bare values that mean it.</param>
/// <param name="IsDefault">Whether a mapping without a word means it.</param>
public sealed record KeywordModel(string Word, string Type, string Matches, bool IsDefault);
