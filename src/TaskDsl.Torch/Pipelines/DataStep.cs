using TaskDsl.Data;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>Joins examples of a task: what steps have made, the task's own training part, and further files.</summary>
[Keyword("data"), Makes("examples")]
public sealed record DataStep : Step
{
    /// <summary>The task.</summary>
    public required DslTask Task { get; init; }

    /// <summary>Examples that steps have made, and <c>gold</c>, the task's own training part, in this order.</summary>
    [StepResult("examples", Also = NamedExamples.Gold, PassesOn = true)]
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Further files of the task's records, behind those.</summary>
    public IReadOnlyList<DataSource> Sources { get; init; } = [];

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
        step.Write(Task, step.Read(Task, Examples).Concat(Sources.Count == 0 ? [] : Further(step)));
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
