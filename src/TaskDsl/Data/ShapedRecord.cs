namespace TaskDsl.Data;

/// <summary>A record, taken apart.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="AnswerField">Where the answer stands, for messages.</param>
/// <param name="Columns">The parts of the prompt by name; null for one that the record does not have.</param>
/// <param name="Taken">The properties of the record that these were made of; the others stay columns of their own.</param>
public readonly record struct ShapedRecord(
    string Answer,
    string AnswerField,
    IReadOnlyDictionary<string, string?> Columns,
    IReadOnlyList<string> Taken
);
