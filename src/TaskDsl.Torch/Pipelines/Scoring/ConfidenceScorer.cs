using System.ComponentModel.DataAnnotations;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Scoring;

/// <summary>
/// How sure a model is of its own answer to the example's input, whatever the example's answer is: the probability that it gives its answer
/// among those that it may give, in [0, 1].
/// </summary>
[Keyword("confidence")]
public sealed record ConfidenceScorer : Scorer
{
    /// <summary>The model: a step's or a folder.</summary>
    [StepResult("model"), FilePath]
    public required string Model { get; init; }

    /// <summary>The prompt that puts the example.</summary>
    public required Prompt Prompt { get; init; }

    /// <summary>How answers are produced.</summary>
    public GenerationPlan Generation { get; init; } = new();

    /// <summary>The seed of what is drawn: demonstrations, and answers where they are sampled.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <inheritdoc/>
    public override void Shape(StepShape shape, DslTask task)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.AddModel(Model);
        shape.AddPrompt(Prompt.For(task));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ScoredExample> Score(StepContext step, DslTask task, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(step);
        using var own = Prompt.Demonstrations.Count == 0 || task.Examples.Count == 0 ? null : step.Data(task);
        var questions = new StepQuestions(step, Prompt, own?[SplitName.Train] ?? [], Seed);
        using var model = step.Open(Model, Prompt, Device);
        var answers = new Predictor(model, Generation, Seed).Predict(
            [.. examples.Select(example => questions.Of(example.InputValue, example.Language))],
            step.Counting(examples.Count),
            cancellation: step.CancellationToken
        );
        return
        [
            .. answers.Select(answer =>
                answer.IsOverlong ? ScoredExample.None("too long for the model")
                : answer.Confidence is { } confidence ? new ScoredExample(confidence)
                : ScoredExample.None("the model's answers have no confidence")
            ),
        ];
    }
}
