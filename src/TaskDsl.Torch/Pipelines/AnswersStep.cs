using System.ComponentModel.DataAnnotations;
using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// Ready answers to a task's examples, as a model among those that <c>evaluate</c> measures: what somebody else's model has written into a
/// file, or what steps have made. What belongs to no example is left out and counted, and so is what cannot be read, which is then wrong.
/// </summary>
[Keyword("answers"), Makes("answers"), OneOf(nameof(Path), nameof(From))]
public sealed record AnswersStep : Step, IReadyAnswers, IValidatableObject
{
    /// <summary>The task.</summary>
    public required DslTask Task { get; init; }

    /// <summary>The file of answers, in a format that its name tells, a record for each.</summary>
    [FilePath]
    public string? Path { get; init; }

    /// <summary>
    /// Examples of the task that steps have made, in the place of a file: those of each fold by a model that has not seen it.
    /// </summary>
    [StepResult("examples"), Length(1, 1000)]
    public IReadOnlyList<string>? From { get; init; }

    /// <summary>
    /// What columns of the file must say, as <c>{model: GPT4}</c>, where it has other answers too. Default: all are meant.
    /// </summary>
    [Length(1, 100)]
    public IReadOnlyDictionary<string, string>? Where { get; init; }

    /// <summary>
    /// The field of the task's input that says which example an answer is to: the file has a column of its name. Default: <c>number</c>.
    /// </summary>
    [FieldName]
    public string? Key { get; init; }

    /// <summary>
    /// The column of the number of the record that an answer is to: its place in the task's only file, from 0. Default, without <c>key</c>:
    /// <c>record</c>.
    /// </summary>
    public string? Number { get; init; }

    /// <summary>The column of what was answered.</summary>
    public string Answer { get; init; } = "answer";

    /// <summary>How an answer is read out of it. Default: it is in the task's own format.</summary>
    public AnswerFormat? Format { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Key is not null && !Task.InputFields.Any(field => field.Name == Key))
            yield return new(
                $"the input of the task '{Task.Name}' has no field '{Key}'{NearestWord.Choice(Key, Task.InputFields.Select(f => f.Name))}",
                ["key"]
            );
        if (Key is not null && Number is not null)
            yield return new("key says already which example an answer is to; leave one of the two out.", ["number"]);
        if (From is not null && (Key ?? Number ?? Where?.Keys.First()) is not null)
            yield return new("what steps have made is known by its inputs; where, key and number are for files.", ["from"]);
        if (Format?.Fault(Task) is { } fault)
            yield return new(fault, ["format"]);
    }

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.AddTask(Task);
        if (Path is not null)
            shape.AddFiles(Path);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        using var data = step.Data(Task);
        var answers = Read(step, data);
        answers.CountFaults(step, [.. new[] { SplitName.Train, SplitName.Validation, SplitName.Test }.SelectMany(split => data[split])]);
        answers.Write(step.Folder);
    }

    /// <summary>The answers to the task's examples; what is to none is left out and counted.</summary>
    /// <param name="step">Who reads them.</param>
    /// <param name="data">The task's examples.</param>
    /// <exception cref="DataException">A record of the file cannot be read, or lacks a column.</exception>
    /// <exception cref="RunException">No answer is to an example of the task.</exception>
    public GivenAnswers Read(StepContext step, Dataset data)
    {
        ArgumentNullException.ThrowIfNull(step);
        var answers = new GivenAnswers(Task, Format);
        if (From is not null)
            foreach (var example in step.Read(Task, From))
                answers.Add(step, example);
        else
        {
            var file = new AnswerFile
            {
                Path = Path!,
                Where = Where ?? new Dictionary<string, string>(),
                Key = Key,
                Number = Number ?? "record",
                Answer = Answer,
            };
            foreach (var (input, text) in file.Read(step, data))
                answers.Add(step, input, text);
        }

        answers.LeaveOutOthers(step, data);
        return answers;
    }
}
