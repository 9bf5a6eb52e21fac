namespace TaskDsl.Vocabulary;

/// <summary>Says that no item of a list may stand in it twice. The compiler tells where one does; so do <see cref="Mistakes"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DistinctAttribute : Attribute;
