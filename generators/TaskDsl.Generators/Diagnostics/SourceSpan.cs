using Microsoft.CodeAnalysis.Text;

namespace TaskDsl.Generators.Diagnostics;

/// <summary>A part of a file.</summary>
/// <param name="Start">The first character, from 0.</param>
/// <param name="Length">How many characters.</param>
/// <param name="From">Line and column of the first character, from 0.</param>
/// <param name="To">Line and column behind the last character, from 0.</param>
public readonly record struct SourceSpan(int Start, int Length, LinePosition From, LinePosition To);
