using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// Models that answer as one: each question goes to the one that is for its task and its language, as its recipe or its step says. It has
/// no weights of its own, and stands wherever a model answers.
/// </summary>
[Keyword("route"), Makes("model")]
public sealed record RouteStep : Step
{
    /// <summary>The models: steps' or folders. No two of them may be for the same task in the same language.</summary>
    [Shorthand, StepResult("model"), FilePath, Length(1, 1000)]
    public required IReadOnlyList<string> Models { get; init; }

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        foreach (var model in Models)
            shape.AddModel(model);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var routed = new List<RoutedModel>();
        foreach (var named in Models)
        {
            var model = RunModel.Routed(step.ModelOrRun(named));
            if (routed.FindIndex(other => other.IsFor(model.Tasks, model.Languages)) is >= 0 and var other)
                throw new RunException(
                    $"'{Models[other]}' and '{named}' are both for {Common(routed[other].Tasks, model.Tasks, "any task")} in "
                        + $"{Common(routed[other].Languages, model.Languages, "any language")}; one of them answers."
                );
            routed.Add(model);
        }

        step.Write(new RouteFolder(routed));

        static string Common(IReadOnlyList<string> one, IReadOnlyList<string> other, string any) =>
            (one.Count, other.Count) switch
            {
                (0, 0) => any,
                (0, _) => string.Join(", ", other),
                (_, 0) => string.Join(", ", one),
                _ => string.Join(", ", one.Intersect(other)),
            };
    }
}
