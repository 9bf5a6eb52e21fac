namespace TaskDsl.Generators.Vocabulary;

/// <summary>A word of an enum.</summary>
public sealed record EnumMemberModel(string Word, string Name);
