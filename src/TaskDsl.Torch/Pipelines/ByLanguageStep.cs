using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// Models that answer as one, each in its own languages: those that its recipe's or step's <c>languages</c> name. It holds no weights of its own,
/// and stands wherever a model answers.
/// </summary>
[Keyword("by_language"), Makes("model")]
public sealed record ByLanguageStep : Step
{
    /// <summary>The models: steps', or runs' folders.</summary>
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
        var own = new Dictionary<string, string>();
        foreach (var named in Models)
        {
            var run = step.ModelOrRun(named);
            var languages = RunModel.Languages(run);
            if (languages.Count == 0)
                throw new RunException($"'{named}' does not say which languages it is for; name them in its recipe, as languages: [en].");
            foreach (var language in languages)
                if (!own.TryAdd(language, run))
                    throw new RunException($"'{named}' and another model are both for '{language}'; one of them answers.");
        }

        step.Write(
            new ByLanguageFolder
            {
                Models = own,
                Fingerprints = own.ToDictionary(model => model.Key, model => Fingerprints.OfRun(model.Value)),
            }
        );
    }
}
