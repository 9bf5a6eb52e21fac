namespace TaskDsl.Torch.Evaluation;

/// <summary>A run's measurements: what <c>evaluation.json</c> holds.</summary>
/// <param name="Before">The model before it was tuned.</param>
/// <param name="After">The tuned model.</param>
public sealed record RunEvaluation(EvaluationReport? Before, EvaluationReport? After);
