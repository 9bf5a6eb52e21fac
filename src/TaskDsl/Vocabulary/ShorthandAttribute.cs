namespace TaskDsl.Vocabulary;

/// <summary>
/// Marks the property of a record that a bare value stands for: with it on <c>Source.Path</c>,
/// <c>- data/a.jsonl</c> means <c>- {path: data/a.jsonl}</c>. At most one property of a record carries it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ShorthandAttribute : Attribute;
