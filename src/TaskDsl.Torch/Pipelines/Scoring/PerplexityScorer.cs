using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Sentences;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Scoring;

/// <summary>
/// How much a text surprises a decoder: the exponential of the mean negative log-probability of its tokens, each behind those before it.
/// Less is more usual.
/// </summary>
[Keyword("perplexity")]
public sealed record PerplexityScorer : Scorer
{
    /// <summary>The model: a step's or a folder.</summary>
    [Shorthand, StepResult("model"), FilePath]
    public required string Model { get; init; }

    /// <summary>The text: an expression over the fields. Default: all the texts of the input, a line each.</summary>
    public TextExpression? Of { get; init; }

    /// <summary>Texts read at a time.</summary>
    [DoesNotShape, Range(1, 4096)]
    public int Rows { get; init; } = 32;

    /// <summary>Where the model runs: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
    [DoesNotShape, RegularExpression("^(auto|cpu|cuda(:[0-9]+)?)$")]
    public string Device { get; init; } = "auto";

    /// <inheritdoc/>
    public override void Shape(StepShape shape, DslTask task)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.AddModel(Model);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ScoredExample> Score(StepContext step, DslTask task, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(step);
        using var model = step.OpenAlone(Model, prompt: null, Device);
        var likelihood = new TokenLikelihood(model, Rows, step.Counting, step.CancellationToken);
        var sums = likelihood.OfTexts([.. examples.Select(example => ExampleText.Of(Of, task, example))]);
        return
        [
            .. sums.Select(sum =>
                sum is { } text
                    ? new ScoredExample(Math.Exp(-text.LogProbability / text.Tokens))
                    : ScoredExample.None("its text has no token to predict")
            ),
        ];
    }
}
