using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Sentences;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>Makes texts searchable, or a text of each example of a task.</summary>
[Keyword("index"), Makes("index")]
public sealed record IndexStep : Step, ISearchable, IValidatableObject
{
    /// <summary>What they are searched by.</summary>
    public required IndexMethod By { get; init; }

    /// <summary>The task of the examples.</summary>
    public DslTask? Task { get; init; }

    /// <summary>The examples: those that steps have made, and <c>gold</c>, the task's own training part, in this order.</summary>
    [StepResult("examples", Also = NamedExamples.Gold)]
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>The text of an example: an expression over the fields. Default: all the texts of its input, a line each.</summary>
    public TextExpression? Of { get; init; }

    /// <summary>Texts that steps have made, behind those of the examples.</summary>
    [StepResult("texts")]
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (Task is not null)
            shape.AddTask(Task);
        By.Shape(shape);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var examples = Task is null ? [] : step.Read(Task, Examples);
        var texts = examples
            .Select(example => new CorpusDocument(ExampleText.Of(Of, Task!, example), example.Origin))
            .Concat(Texts.SelectMany(named => StepTexts.Of(step, named).Read()))
            .ToLookup(text => string.IsNullOrWhiteSpace(text.Text));
        foreach (var blank in texts[true])
            step.LeaveOut(blank.Origin, "its text is blank");
        StepTexts.Write(step, texts[false]);
        By.Write(step, [.. texts[false].Select(text => text.Text)]);
    }

    /// <inheritdoc/>
    public SearchIndex Open(StepContext asking, string folder) =>
        By.Open(asking, folder, [.. new StepTexts(folder).Read().Select(text => text.Text)]);

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (Examples.Count + Texts.Count == 0)
            yield return new ValidationResult("there is nothing to search: give examples of a task, or texts", ["examples"]);
        else if (Examples.Count > 0 && Task is null)
            yield return new ValidationResult("examples need the task that they are of: give 'task' too", ["examples"]);
    }
}
