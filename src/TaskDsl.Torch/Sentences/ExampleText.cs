using System.Buffers;
using System.Text.Json;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Sentences;

/// <summary>The text that an example is searched, compared or judged by.</summary>
public static class ExampleText
{
    /// <summary>The text.</summary>
    /// <param name="of">An expression over the fields; null = all the texts of the input, a line each.</param>
    /// <param name="task">The task.</param>
    /// <param name="example">The example.</param>
    public static string Of(TextExpression? of, DslTask task, Example example)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(example);
        return of is null ? OfInput(task, example.InputValue) : of.Of(example) ?? "";
    }

    /// <summary>All the texts of an input, a line each.</summary>
    public static string OfInput(DslTask task, object input)
    {
        ArgumentNullException.ThrowIfNull(task);
        var json = new ArrayBufferWriter<byte>();
        task.WriteInput(json, input);
        var texts = new List<string>();
        var reader = new Utf8JsonReader(json.WrittenSpan);
        while (reader.Read())
            if (reader.TokenType == JsonTokenType.String)
                texts.Add(reader.GetString()!);
        return string.Join('\n', texts);
    }
}
