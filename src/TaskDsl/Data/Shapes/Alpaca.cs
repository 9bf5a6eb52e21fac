using System.Text.Json;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Shapes;

/// <summary>
/// <c>instruction</c>, <c>input</c> (may be absent) and <c>output</c>, as Stanford Alpaca has them. The task's only input field is read
/// from <c>input</c>; <c>columns: {question: instruction}</c> reads it from the instruction.
/// </summary>
[Keyword("alpaca")]
public sealed record Alpaca : Shape
{
    /// <inheritdoc/>
    public override string Prompt => "input";

    /// <inheritdoc/>
    public override ShapedRecord Open(JsonElement record, IReadOnlyList<string> ignore) =>
        new(
            Text(record, "output") ?? throw new RecordException("output", "nothing", "the answer: the field is missing"),
            "output",
            new Dictionary<string, string?> { ["instruction"] = Text(record, "instruction"), ["input"] = Text(record, "input") },
            ["instruction", "input", "output"]
        );

    private static string? Text(JsonElement record, string name) =>
        record.TryGetProperty(name, out var value) ? Texts.Of(value, name) : null;
}
