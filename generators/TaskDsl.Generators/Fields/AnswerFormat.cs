using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Fields;

/// <summary>How an answer is written: a word of the runtime.</summary>
/// <param name="Word">The word.</param>
/// <param name="Type">Its record in C#, with <c>global::</c>.</param>
/// <param name="Of">The text of the input that it is given besides: what its <c>of</c> names.</param>
public sealed record AnswerFormat(string Word, string Type, string? Of = null)
{
    /// <summary>All fields as one object: any output.</summary>
    public static AnswerFormat Json { get; } = Called("json");

    /// <summary>Whether it is all fields as one object, and not one field alone.</summary>
    public bool IsJson => Word == Json.Word;

    /// <summary>One of ours.</summary>
    public static AnswerFormat Called(string word) => new(word, $"global::TaskDsl.Formats.{Names.Pascal(word)}Format");

    /// <summary>One that a task names.</summary>
    public static AnswerFormat Named(RecordModel format, string? of) => new(format.Label, format.Name, of);
}
