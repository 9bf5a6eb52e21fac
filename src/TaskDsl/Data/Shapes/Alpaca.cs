using System.Text.Json;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Shapes;

/// <summary>
/// <c>instruction</c>, <c>input</c> (absent or empty where the instruction says it all) and <c>output</c>, as Stanford Alpaca has them.
/// </summary>
/// <remarks>
/// Columns: <c>instruction</c>, <c>input</c>, <c>prompt</c> (the instruction and, behind a blank line, the input where there is one). The
/// task's only input field is read from <c>input</c>; <c>columns: {question: prompt}</c> reads it from both.
/// </remarks>
[Keyword("alpaca")]
public sealed record Alpaca : Shape
{
    /// <inheritdoc/>
    public override string Prompt => "input";

    /// <inheritdoc/>
    public override ShapedRecord Open(JsonElement record, IReadOnlyList<string> ignore)
    {
        var (instruction, input) = (Part(record, "instruction"), Part(record, "input"));
        return new(
            Text(record, "output") ?? throw new RecordException("output", "nothing", "the answer: the field is missing"),
            "output",
            new Dictionary<string, string?>
            {
                ["instruction"] = instruction,
                ["input"] = input,
                ["prompt"] = instruction is null || input is null ? instruction ?? input : $"{instruction}\n\n{input}",
            },
            ["instruction", "input", "output"]
        );
    }

    /// <inheritdoc/>
    protected override string Expected(string column) =>
        column == "input" ? "a text (where the instruction may say it all, 'prompt' is the column of both)" : "a text";

    // What is empty is not there.
    private static string? Part(JsonElement record, string name) => Text(record, name) is { } text && !Texts.IsBlank(text) ? text : null;

    private static string? Text(JsonElement record, string name) =>
        record.TryGetProperty(name, out var value) ? Texts.Of(value, name) : null;
}
