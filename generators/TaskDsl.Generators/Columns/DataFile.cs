using Microsoft.CodeAnalysis;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Columns;

/// <summary>A file that a task takes examples from.</summary>
/// <param name="File">The file, as the compiler gives it.</param>
/// <param name="Path">Its path relative to the project's folder.</param>
/// <param name="Questions">What the sources that name it want to know of its values.</param>
public sealed record DataFile(AdditionalText File, string Path, EquatableArray<DataQuestion> Questions);
