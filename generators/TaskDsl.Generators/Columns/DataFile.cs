using Microsoft.CodeAnalysis;

namespace TaskDsl.Generators.Columns;

/// <summary>A file that a task takes examples from.</summary>
/// <param name="File">The file, as the compiler gives it.</param>
/// <param name="Path">Its path relative to the project's folder.</param>
public sealed record DataFile(AdditionalText File, string Path);
