using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Flow;

/// <summary>Where a definition's name stands.</summary>
public sealed record DocumentPlace(IndexEntry Entry, string Path, SourceSpan Span);
