namespace TaskDsl.Generators.Columns;

/// <summary>What a source names.</summary>
/// <param name="Path">The path or pattern.</param>
/// <param name="Question">What it wants to know of the values there; null for nothing.</param>
public sealed record SourcePath(string Path, DataQuestion? Question);
