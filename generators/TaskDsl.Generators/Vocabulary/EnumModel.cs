using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>An enum: a word.</summary>
public sealed record EnumModel(string Name, string Label, EquatableArray<EnumMemberModel> Members) : TypeModel(Name, Label);
