using System.ComponentModel.DataAnnotations;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>Measures models by their answers to the tasks' test parts: a column for each model.</summary>
[Keyword("evaluate"), Makes("table", Columns = nameof(Models))]
public sealed record EvaluateStep : Step
{
    /// <summary>The models: steps' or folders. A column is called as its step, or as the folder's last part.</summary>
    [StepResult("model"), FilePath, Length(1, 1000)]
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>The tasks, each by its only prompt or by the one that is named.</summary>
    [Length(1, 1000)]
    public required IReadOnlyList<PromptedTask> Tasks { get; init; }

    /// <summary>Measures at most so many test examples per task and language, drawn the same for every model. Default: all.</summary>
    [Range(1, int.MaxValue)]
    public int? Limit { get; init; }

    /// <summary>How answers are produced.</summary>
    public GenerationPlan Generation { get; init; } = new();

    /// <summary>The seed of what is drawn: demonstrations, and answers where they are sampled.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (Models.CountBy(StepTable.ColumnOf).FirstOrDefault(column => column.Value > 1) is { Key: { } twice })
            throw new RunException($"evaluate: two columns would be called '{twice}'; give one of the folders another name.");
        foreach (var task in Tasks)
        {
            shape.AddPrompt(task.Prompt);
            shape.AddMetrics(task.Task);
        }

        foreach (var model in Models)
            shape.AddModel(model);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var plan = new EvaluationPlan
        {
            Decoding = Generation.Decoding,
            Rows = Generation.Rows,
            MaxNewTokens = Generation.MaxNewTokens,
            Constrained = Generation.Constrained,
            Limit = Limit,
        };
        var data = Tasks.Select(task => (task.Prompt, Data: step.Data(task.Task))).ToList();
        var columns = new Dictionary<string, EvaluationReport>();
        try
        {
            foreach (var named in Models)
                // A run may have a model of its own for each task.
                columns[StepTable.ColumnOf(named)] = new EvaluationReport([
                    .. data.GroupBy(d => step.Model(named, d.Prompt)).SelectMany(asked => Measure(step, named, [.. asked], plan)),
                ]);
        }
        finally
        {
            foreach (var (_, examples) in data)
                examples.Dispose();
        }

        step.Write(new StepTable(columns));
    }

    private IReadOnlyList<TaskReport> Measure(
        StepContext step,
        string named,
        IReadOnlyList<(Prompt Prompt, Dataset Data)> asked,
        EvaluationPlan plan
    )
    {
        using var model = step.Open(named, asked[0].Prompt, Device);
        foreach (var notice in Evaluator.Notices(model, asked, plan))
            step.Tell(notice);
        var report = Evaluator.Evaluate(
            model,
            asked,
            plan,
            Seed,
            new AnswersProgress(step.Progress, RunPhase.Answering, part: StepTable.ColumnOf(named)),
            cancellationToken: step.CancellationToken
        );
        step.Count("answers", report.Tasks.Sum(t => t.Examples));
        return report.Tasks;
    }
}
