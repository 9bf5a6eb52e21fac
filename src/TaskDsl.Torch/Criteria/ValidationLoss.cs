using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Criteria;

/// <summary>The lowest mean loss on the validation part.</summary>
[Keyword("validation_loss")]
public sealed record ValidationLoss : Criterion
{
    /// <inheritdoc/>
    public override double? Score(double? loss, EvaluationReport? answers) => -loss;
}
