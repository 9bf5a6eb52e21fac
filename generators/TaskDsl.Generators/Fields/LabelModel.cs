using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Fields;

/// <summary>A label or an entity kind.</summary>
/// <param name="Key">The key in the YAML.</param>
/// <param name="Member">The member of the generated enum.</param>
/// <param name="Surfaces">The surface form in each of the task's languages, in their order.</param>
/// <param name="Summary">What it means.</param>
public sealed record LabelModel(string Key, string Member, EquatableArray<string> Surfaces, string Summary);
