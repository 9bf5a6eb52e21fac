using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>An abstract record: one of several words.</summary>
public sealed record ChoiceModel(string Name, string Label, EquatableArray<KeywordModel> Keywords) : TypeModel(Name, Label);
