using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Fields;

namespace TaskDsl.Generators.Columns;

/// <summary>A source of a task's examples, with what its files answer.</summary>
/// <param name="Source">The source.</param>
/// <param name="Files">The starts of its files.</param>
/// <param name="Places">Where its fields of labels and of text stand.</param>
/// <param name="Question">What it asks of its files; null where they are not looked into.</param>
internal sealed record TaskSource(
    BoundRecord Source,
    IReadOnlyList<FileStart> Files,
    IReadOnlyList<FieldPlace> Places,
    DataQuestion? Question
)
{
    public static TaskSource Of(BoundRecord source, IReadOnlyList<FieldModel> fields, IReadOnlyList<FileStart> files)
    {
        var places = FieldPlace.Of(source, fields);
        return new TaskSource(source, files, places, DataQuestion.Of(source, places));
    }

    /// <summary>What a file answers; null where it does not.</summary>
    public DataAnswer? Answer(FileStart file) => Question is null ? null : file.Answers.FirstOrDefault(a => a.Question == Question);
}
