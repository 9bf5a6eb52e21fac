using System.ComponentModel.DataAnnotations;
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
public sealed record ConfidenceScorer : Scorer, IValidatableObject
{
    /// <summary>The model: a step's or a folder.</summary>
    [StepResult("model"), FilePath]
    public required string Model { get; init; }

    /// <summary>The prompt that puts the example.</summary>
    public required Prompt Prompt { get; init; }

    /// <summary>Where the worked examples come from that the prompt shows. Default: the task's own training part.</summary>
    public StepDemonstrations? Demonstrations { get; init; }

    /// <summary>How answers are produced.</summary>
    public GenerationPlan Generation { get; init; } = new();

    /// <summary>The seed of what is drawn: demonstrations, and answers where they are sampled.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Demonstrations is not null && StepDemonstrations.Fault(Prompt) is { } none)
            yield return new(none, ["demonstrations"]);
    }

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
        using var questions = new StepQuestions(step, Prompt, own, Seed, Demonstrations);
        using var model = step.Open(Model, Prompt, Device);
        var asked = questions.Of([.. examples.Select(example => (example.InputValue, example.Language))]);
        var answers = new Predictor(model, Generation, Seed).Predict(
            asked,
            step.Counting(examples.Count),
            cancellation: step.CancellationToken
        );
        questions.Count(asked, answers);
        return
        [
            .. answers.Select(answer =>
                answer.NotPut is { } why ? ScoredExample.None(why)
                : answer.Confidence is { } confidence ? new ScoredExample(confidence)
                : ScoredExample.None("the model's answers have no confidence")
            ),
        ];
    }
}
