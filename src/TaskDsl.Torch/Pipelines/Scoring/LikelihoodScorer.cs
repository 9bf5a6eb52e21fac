using System.ComponentModel.DataAnnotations;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Decoding;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Scoring;

/// <summary>
/// How probable a model holds the example's own answer: the logarithm of its tokens' probabilities among the whole vocabulary, with the
/// token that ends it, as their mean (arXiv 2310.07554) or their sum.
/// </summary>
[Keyword("likelihood")]
public sealed record LikelihoodScorer : Scorer
{
    /// <summary>The model: a step's or a folder.</summary>
    [StepResult("model"), FilePath]
    public required string Model { get; init; }

    /// <summary>The prompt that puts the example, in its first phrasing and without demonstrations.</summary>
    public required Prompt Prompt { get; init; }

    /// <summary>What the log-probability is measured against. Default: its number of tokens.</summary>
    public LikelihoodNorm Normalize { get; init; } = LikelihoodNorm.Tokens;

    /// <summary>Examples read at a time.</summary>
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
        shape.AddPrompt(Prompt.For(task));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ScoredExample> Score(StepContext step, DslTask task, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(step);
        using var model = step.OpenAlone(Model, Prompt, Device);
        var likelihood = new TokenLikelihood(model, Rows, step.Counting, step.CancellationToken);
        var asked = likelihood.OfAnswers(Prompt, examples);
        var alone = Normalize == LikelihoodNorm.Unconditional ? likelihood.OfAnswersAlone(Prompt, examples) : asked;
        return
        [
            .. examples.Zip(asked.Zip(alone, Of), (example, scored) =>
                model.ByInput?.Of(Prompt, example.InputValue, example.Language) is { Folder: null } none
                    ? ScoredExample.None(none.Reason)
                    : scored
            ),
        ];
    }

    private ScoredExample Of((double LogProbability, int Tokens)? asked, (double LogProbability, int Tokens)? alone) =>
        (asked, alone) is not ({ } own, { } by)
            ? ScoredExample.None("too long for the model")
            : new ScoredExample(
                Normalize switch
                {
                    LikelihoodNorm.Tokens => own.LogProbability / own.Tokens,
                    LikelihoodNorm.Unconditional => own.LogProbability - by.LogProbability,
                    _ => own.LogProbability,
                }
            );
}
