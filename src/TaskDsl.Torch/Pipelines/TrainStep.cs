using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Runs;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>Tunes a model by a recipe. Any property of the recipe may stand beside its name, in the place of the recipe's own.</summary>
[Keyword("train"), Makes("model")]
public sealed record TrainStep : Step
{
    /// <summary>What is trained on besides what steps have made: <c>gold</c>, the tasks' own training parts.</summary>
    public const string Gold = NamedExamples.Gold;

    /// <summary>The recipe.</summary>
    [Inline, Shorthand]
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
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        foreach (var share in Recipe.Tasks)
        {
            shape.AddPrompt(share.Prompt);
            if (Recipe.Best.NeedsAnswers)
                shape.AddMetrics(share.Task);
        }

        foreach (var model in Recipe.Objective.Models.Append(Model ?? (Recipe.Model as Pretrained)?.Path).OfType<string>())
            shape.AddModel(model);
        foreach (var texts in (Corpus ?? Recipe.Corpus).Where(texts => !texts.StartsWith('$')))
            shape.AddFiles(texts);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var recipe = Model is null ? Recipe : Recipe with { Model = StartingFrom(step.Model(Model)) };
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

    private TaskExamples Of(DslTask task, IReadOnlyList<StepExamples> made) =>
        new(task.Name, [.. made.Where(m => m.Task.Name == task.Name).SelectMany(m => m.Sources)], Examples.Contains(Gold));

    // What the recipe says of its model beside the folder holds for the one in its place.
    private Pretrained StartingFrom(string folder) =>
        Recipe.Model is Pretrained given
            ? given with
            {
                Path = folder,
            }
            : new Pretrained { Path = folder, ChatFormat = Recipe.Model.ChatFormat };
}
