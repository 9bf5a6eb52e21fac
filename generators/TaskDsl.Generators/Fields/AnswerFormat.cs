namespace TaskDsl.Generators.Fields;

/// <summary>How an answer is written: a codec of the runtime.</summary>
/// <param name="Name">The member of <c>OutputFormat</c>; the codec is called like it.</param>
/// <param name="Needs">What an output must be to be written so, in words.</param>
/// <param name="Metrics">The metrics that score it where the task names none.</param>
public sealed record AnswerFormat(string Name, string Needs, params string[] Metrics)
{
    /// <summary>All fields as one object: any output.</summary>
    public static AnswerFormat Json { get; } = new("Json", "any output", "FieldAccuracy", "ExactMatch");

    /// <summary>The one text as it is.</summary>
    public static AnswerFormat Text { get; } = new("Text", "one text or string", "RougeL", "ExactMatch");
}
