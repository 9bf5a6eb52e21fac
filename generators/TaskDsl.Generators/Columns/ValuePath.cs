using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Columns;

/// <summary>Where values stand in a record: a column and, inside of it, the names of properties; lists are gone through.</summary>
/// <param name="Names">The column, and the names.</param>
public sealed record ValuePath(EquatableArray<string> Names);
