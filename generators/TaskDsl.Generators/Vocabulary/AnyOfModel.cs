using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>Properties of which a record needs one to be of use.</summary>
/// <param name="Properties">Their names in C#.</param>
/// <param name="Otherwise">What comes of it otherwise.</param>
public sealed record AnyOfModel(EquatableArray<string> Properties, string Otherwise);
