using System.Text.Json.Nodes;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Runs;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Chooses among the cells of a sweep by their models' worth on the validation part.</summary>
[Makes("choice")]
internal sealed record Chooser : Step
{
    /// <summary>The metric, or <c>loss</c>.</summary>
    public required string By { get; init; }

    /// <summary>The models, called as their cells.</summary>
    [StepResult("model")]
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>The cells of the models.</summary>
    internal required IReadOnlyList<Cell> Cells { get; init; }

    /// <summary>What made each of the models.</summary>
    internal IReadOnlyList<Step> Makers { get; init; } = [];

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.Add("evaluation", new JsonArray([.. Makers.Select(maker => (JsonNode?)maker.ValidationLimit)]));
        foreach (var task in Makers.SelectMany(maker => maker.Learned).DistinctBy(task => task.Name))
        {
            shape.AddTask(task);
            shape.AddMetrics(task);
        }
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var scores = new List<(Cell Cell, MetricScore Score)>();
        foreach (var (cell, (model, maker)) in Cells.Zip(Models.Zip(Makers)))
        {
            step.CancellationToken.ThrowIfCancellationRequested();
            scores.Add((cell, maker.Validate(step, model, By)));
        }

        if (scores.Find(s => !double.IsFinite(s.Score.Value)).Cell is { } nothing)
            throw new RunException(
                $"'{By}' of the validation part of [{nothing.Name}] is no number, so that there is nothing to choose by."
            );
        var setting = scores.GroupBy(s => s.Cell.Setting).MaxBy(same => same.Average(Worth))!;
        var best = setting.MaxBy(Worth);
        RunFolder.Write(
            Path.Combine(step.Folder, PlannedStep.ChosenFile),
            new Chosen(best.Cell.Name, setting.Key, $"validation.{By}", scores.ToDictionary(s => s.Cell.Name, s => s.Score.Value))
        );

        static double Worth((Cell Cell, MetricScore Score) measured) =>
            measured.Score.HigherIsBetter ? measured.Score.Value : -measured.Score.Value;
    }
}
