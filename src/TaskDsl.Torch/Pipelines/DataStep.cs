using System.ComponentModel.DataAnnotations;
using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// Joins examples of a task: what steps have made, the task's own training part, what is read out of examples of other tasks, and further
/// files.
/// </summary>
[Keyword("data"), Makes("examples")]
public sealed record DataStep : Step, IValidatableObject
{
    /// <summary>The task.</summary>
    public required DslTask Task { get; init; }

    /// <summary>Examples that steps have made, and <c>gold</c>, the task's own training part, in this order.</summary>
    [StepResult("examples", Also = NamedExamples.Gold, PassesOn = true)]
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>
    /// Examples of other tasks that steps have made, behind those: each field is read from theirs of the same name, whichever side it
    /// stands on, so that an answer may become an input. What then stands in this task's test part is left out and counted.
    /// </summary>
    [StepResult("examples", PassesOn = true, OfAnyTask = true)]
    public IReadOnlyList<string> From { get; init; } = [];

    /// <summary>
    /// The field of the tasks in <c>from</c> that a field is read from, where it has another name there: <c>{items: answer}</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Further files of the task's records, behind those.</summary>
    public IReadOnlyList<DataSource> Sources { get; init; } = [];

    /// <summary>What is taken where several of these have the same input. Default: all of it.</summary>
    public Take Take { get; init; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Columns.Count > 0 && From.Count == 0)
            yield return new("they say what is read of examples of other tasks; give these as from: [$step].", ["columns"]);
    }

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.AddTask(Task);
        foreach (var source in Sources)
            shape.AddSource(source);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var joined = Examples
            .Select(named => (Named: named, Read: step.Read(Task, [named])))
            .Concat(From.Select(named => (Named: named, Read: step.ReadOther(Task, named, Columns))))
            .Concat(Sources.Count == 0 ? [] : [(Named: "sources", Read: Further(step))]);
        step.Write(Task, Take == Take.First ? First(step, joined) : joined.SelectMany(source => source.Read));
    }

    /// <summary>Of each input the examples of the first that has it; how many come of each is counted.</summary>
    private IEnumerable<Example> First(StepContext step, IEnumerable<(string Named, IEnumerable<Example> Read)> joined)
    {
        var taken = new Dictionary<(string, UInt128), int>();
        foreach (var (number, (named, read)) in joined.Index())
        foreach (var example in read)
        {
            var input = (example.Language, StepContext.HashOf(Task, example.InputValue));
            if (taken.TryAdd(input, number) || taken[input] == number)
            {
                step.Count($"taken of {named}", 1);
                yield return example;
            }
            else
                step.LeaveOut(example.Origin, "an earlier one has its input");
        }
    }

    private IReadOnlyList<Example> Further(StepContext step)
    {
        var options = new DataOptions { ProjectDirectory = step.Options.ProjectDirectory, RejectsDirectory = step.Folder };
        DataSource[] sources =
        [
            .. Sources.Select(source => source is FileSource { TestKeys: not null } ? source : source with { Split = SplitName.Train }),
        ];
        using var data = new DatasetBuilder<Example>(Task)
            .From(sources)
            .ToDatasetAsync(options, step.CancellationToken)
            .GetAwaiter()
            .GetResult();
        return [.. data[SplitName.Train]];
    }
}
