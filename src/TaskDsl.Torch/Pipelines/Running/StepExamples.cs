using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Examples that a step has made: a JSON Lines file for each language, a record's fields with its origin, what is kept of its answer, and
/// the number that a step has given it, under names that no field can have.
/// </summary>
/// <param name="Folder">The step's folder.</param>
/// <param name="Task">Their task.</param>
public sealed record StepExamples(string Folder, DslTask Task)
{
    /// <summary>The column of the place that a record was made of.</summary>
    public const string Origin = "$origin";

    /// <summary>The column of the answer's confidence.</summary>
    public const string Confidence = "$confidence";

    /// <summary>The column of the number that a step has given it.</summary>
    public const string Score = "$score";

    /// <summary>The file of a language.</summary>
    public string FileOf(string language) => Path.Combine(Folder, $"examples.{language}.jsonl");

    /// <summary>Where the examples lie: all of them are to be trained on.</summary>
    public IReadOnlyList<FileSource> Sources =>
        [
            .. Task
                .Languages.Where(language => File.Exists(FileOf(language)))
                .Select(language => new JsonLines
                {
                    Path = FileOf(language),
                    Language = language,
                    Split = SplitName.Train,
                    Ignore = [Origin, Confidence, Score, .. KeptColumns.All],
                }),
        ];

    /// <summary>The examples, read as they are asked for.</summary>
    /// <exception cref="DataException">One does not fit the task.</exception>
    public IEnumerable<Example> Read(CancellationToken cancellationToken)
    {
        foreach (var source in Sources)
        foreach (var record in source.ReadAsync(source.Path, cancellationToken).ToBlockingEnumerable(cancellationToken))
        {
            var kept = JsonNode.Parse(record.Json.Span)!.AsObject();
            var example = source.ReadExample(Task, record.Json.Span, record.TextValues, source.Language!, out _);
            yield return example with
            {
                Language = source.Language!,
                Origin = new RecordOrigin($"${Path.GetFileName(Path.GetDirectoryName(Folder))}", record.Line)
                {
                    Confidence = (double?)kept[Confidence],
                    Score = (double?)kept[Score],
                    Kept = KeptColumns.Of(kept),
                },
            };
        }
    }
}
