using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>Tunes a model by a recipe. Any property of the recipe may stand beside its name, in the place of the recipe's own.</summary>
[Keyword("train"), Makes("model")]
public sealed record TrainStep : Step, IValidatableObject
{
    /// <summary>What is trained on besides what steps have made: <c>gold</c>, the tasks' own training parts.</summary>
    public const string Gold = NamedExamples.Gold;

    /// <summary>The recipe.</summary>
    [Inline("recipe"), Shorthand]
    public required Recipe Recipe { get; init; }

    /// <summary>The model that the run starts from: a step's or a folder. Default: the recipe's.</summary>
    [StepResult("model"), FilePath]
    public string? Model { get; init; }

    /// <summary>
    /// What is trained on: examples that steps have made, and <c>gold</c>, the tasks' own training parts. The validation and test parts are
    /// always the tasks' own. Default: <c>[gold]</c>.
    /// </summary>
    [StepResult("examples", Also = Gold), Length(1, 1000)]
    public IReadOnlyList<string> Examples { get; init; } = [Gold];

    /// <summary>Plain texts to train on, in the place of the recipe's: steps' or files. Default: the recipe's.</summary>
    [StepResult("texts"), FilePath]
    public IReadOnlyList<string>? Corpus { get; init; }

    /// <inheritdoc/>
    public override bool Resumes => true;

    /// <inheritdoc/>
    public override IReadOnlyList<DslTask> Learned => [.. Recipe.Tasks.Select(share => share.Task).DistinctBy(task => task.Name)];

    /// <inheritdoc/>
    public override int? ValidationLimit => Recipe.Evaluation.Limit;

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        foreach (var share in Recipe.Tasks)
        {
            shape.AddPrompt(share.Prompt);
            if (Recipe.Best.NeedsAnswers)
                shape.AddMetrics(share.Task);
        }

        var stored = Model is null ? (Recipe.Model as StoredModel)?.FindFolder() : null;
        foreach (var model in Recipe.Objective.Models.Append(stored).OfType<string>())
            shape.AddModel(model, Recipe.ProjectDirectory);
        if (Model is not null)
            shape.AddModel(Model);
        foreach (var texts in (Corpus ?? Recipe.Corpus).Where(texts => !texts.StartsWith('$')))
            shape.AddFiles(texts, Recipe.ProjectDirectory);
    }

    /// <summary>The compiler has checked the recipe's file, and what stands beside its name alone: here they are one.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var mistake in Mistakes.In(Given()))
        {
            var behind = mistake.IndexOf(": ", StringComparison.Ordinal);
            yield return new ValidationResult(mistake[(behind + 2)..], [mistake[..behind]]);
        }
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var recipe = Given(step.Model);
        if (Corpus is not null)
            recipe = recipe with { Corpus = [.. Corpus.Select(texts => texts.StartsWith('$') ? StepTexts.Of(step, texts).File : texts)] };
        var made = Examples.Where(named => named != Gold).Select(step.Examples).ToList();
        var stray = made.Find(examples => !recipe.Tasks.Any(share => share.Task.Name == examples.Task.Name));
        if (stray is not null)
            throw new RunException($"the recipe '{recipe.Name}' does not train on the task '{stray.Task.Name}'.");
        var options = step.Options with
        {
            Resume = File.Exists(new RunFolder(Path.Combine(step.Folder, recipe.Name)).Record),
            // What a pipeline wants to know it measures by a step.
            Evaluate = recipe.Best.NeedsAnswers,
            Examples = [.. recipe.Tasks.Select(share => share.Task).Distinct().Select(task => Of(task, made))],
        };
        using var run = recipe.RunAsync(options, step.Progress, step.CancellationToken).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public override MetricScore Validate(StepContext step, string model, string metric)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (metric == "loss")
            return new MetricScore(metric, ValidationLoss(step.Made(model).Folder), double.NaN, double.NaN, HigherIsBetter: false);
        var scores = new List<MetricScore>();
        foreach (var prompt in Recipe.Tasks.Where(share => share.Weight > 0).Select(share => share.Prompt))
        {
            using var data = step.Data(prompt.Task);
            using var opened = step.Open(model, prompt, Recipe.Device);
            var report = Evaluator.Evaluate(
                opened,
                [(prompt, data)],
                Recipe.Evaluation,
                split: SplitName.Validation,
                cancellationToken: step.CancellationToken
            );
            scores.AddRange(report.Tasks.SelectMany(task => task.Metrics).Where(score => score.Metric == metric));
        }

        return scores.Count > 0
            ? scores[0] with
            {
                Value = scores.Average(score => score.Value),
            }
            : throw new RunException($"no task of the recipe '{Recipe.Name}' has '{metric}' and a validation part to choose by.");
    }

    /// <summary>The lowest loss on the validation part that training has reached; a mean where there are several models.</summary>
    private static double ValidationLoss(string folder) =>
        Directory
            .EnumerateFiles(folder, Path.GetFileName(new RunFolder(folder).Metrics), SearchOption.AllDirectories)
            .Select(file =>
                File.ReadLines(file)
                    .Select(line => JsonNode.Parse(line)!)
                    .Where(line => (int?)line["step"] > 0)
                    .Select(line => line["validation_loss"] is JsonValue value && value.TryGetValue(out double loss) ? loss : double.NaN)
                    .Where(double.IsFinite)
                    .DefaultIfEmpty(double.NaN)
                    .Min()
            )
            .DefaultIfEmpty(double.NaN)
            .Average();

    /// <summary>The recipe with what the step gives in the place of its own.</summary>
    /// <param name="folder">Where the model of a name lies. Default: not known yet.</param>
    private Recipe Given(Func<string, Prompt?, string>? folder = null) =>
        Recipe with
        {
            Model = Model is null ? Recipe.Model : StartingFrom(folder?.Invoke(Model, null) ?? Model),
            Corpus = Corpus ?? Recipe.Corpus,
        };

    private TaskExamples Of(DslTask task, IReadOnlyList<StepExamples> made) =>
        new(task.Name, [.. made.Where(m => m.Task.Name == task.Name).SelectMany(m => m.Sources)], Examples.Contains(Gold));

    // What the recipe says of its model beside the folder holds for the one in its place.
    private Pretrained StartingFrom(string folder)
    {
        var given = Recipe.Model as StoredModel;
        return new Pretrained
        {
            Path = folder,
            ChatFormat = Recipe.Model.ChatFormat,
            Weights = given?.Weights,
            Bidirectional = given?.Bidirectional,
            Adapter = given?.Adapter ?? AdapterUse.Keep,
        };
    }
}
