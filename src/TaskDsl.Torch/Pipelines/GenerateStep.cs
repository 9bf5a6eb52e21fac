using System.ComponentModel.DataAnnotations;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines;

/// <summary>
/// Lets a model answer a task's prompt for each record of a file or of examples: examples whose answers are the model's. What has no answer
/// that parses is left out and counted.
/// </summary>
[Keyword("generate"), Makes("examples")]
public sealed record GenerateStep : Step
{
    // As many as are answered between two looks at the clock; which they are changes no answer.
    private const int Together = 1024;

    /// <summary>The model: a step's or a folder.</summary>
    [StepResult("model"), FilePath]
    public required string Model { get; init; }

    /// <summary>The task whose prompt is answered.</summary>
    public required DslTask Task { get; init; }

    /// <summary>The prompt. It may be left out where the task has exactly one.</summary>
    [Sole(nameof(Task))]
    public required Prompt Prompt { get; init; }

    /// <summary>The inputs: JSON Lines of the task's fields, whose answers are passed over, or examples that a step has made.</summary>
    [StepResult("examples"), FilePath]
    public required string From { get; init; }

    /// <summary>The language of the records of a file. Default: the task's first.</summary>
    public string? Language { get; init; }

    /// <summary>What is kept of each answer besides itself, for the step's stages. Default: nothing.</summary>
    public IReadOnlyList<Kept> Keep { get; init; } = [];

    /// <summary>How answers are produced.</summary>
    public GenerationPlan Generation { get; init; } = new();

    /// <summary>The seed of answers that are sampled.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (Language is not null && !Task.Languages.Contains(Language))
            throw new RunException(
                $"generate: the task '{Task.Name}' has the languages {string.Join(", ", Task.Languages)}, not '{Language}'."
            );
        shape.AddPrompt(Prompt);
        shape.AddModel(Model);
        if (!From.StartsWith('$'))
            shape.AddFiles(From);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        using var model = step.Open(Model, Prompt, Device);
        var predictor = new Predictor(model, Generation, Seed);
        step.Write(Task, step.Inputs(Task, From, Language).Chunk(Together).SelectMany(asked => Answers(step, predictor, asked)));
    }

    private IEnumerable<Example> Answers(StepContext step, Predictor predictor, StepInput[] asked)
    {
        step.Count("records", asked.Length);
        var answers = predictor.Predict(
            [.. asked.Select(a => new PredictionRequest(Prompt, a.Value, a.Language))],
            new Answered(step.Progress, asked.Length),
            cancellation: step.CancellationToken
        );
        foreach (var (question, answer) in asked.Zip(answers))
        {
            var origin = question.Origin with { Confidence = Keep.Contains(Kept.Confidence) ? answer.Confidence : null };
            if (answer.Output is null)
                step.LeaveOut(origin, answer.IsOverlong ? "too long for the model" : "the answer does not parse");
            else if (step.Answered(Task, question.Value, answer.Output, question.Language, origin) is { } example)
                yield return example;
        }
    }

    private sealed class Answered(IProgress<TrainingProgress> progress, int all) : IProgress<int>
    {
        public void Report(int value) =>
            progress.Report(
                new TrainingProgress
                {
                    Phase = RunPhase.Answering,
                    Step = value,
                    Steps = all,
                }
            );
    }
}

/// <summary>What is kept of an answer besides itself.</summary>
public enum Kept
{
    /// <summary>
    /// The probability that the model gives the answer among those that it may give; a condition reads it as <c>confidence</c>.
    /// </summary>
    Confidence,
}
