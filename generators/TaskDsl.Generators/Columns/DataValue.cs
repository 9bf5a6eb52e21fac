namespace TaskDsl.Generators.Columns;

/// <summary>A value in a data file.</summary>
/// <param name="Path">Which of the paths of a question it stands at: those of labels, then those of texts.</param>
/// <param name="Text">The value.</param>
/// <param name="Line">The line in the file, from 1.</param>
public readonly record struct DataValue(int Path, string Text, int Line);
