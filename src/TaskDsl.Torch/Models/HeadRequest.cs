namespace TaskDsl.Torch.Models;

/// <summary>A head for a task.</summary>
/// <param name="Head">The head.</param>
/// <param name="Labels">What its scores mean, in their order.</param>
/// <param name="Problem">
/// Hugging Face's <c>problem_type</c> of a sequence classification: <c>single_label_classification</c>,
/// <c>multi_label_classification</c> or <c>regression</c>.
/// </param>
public sealed record HeadRequest(Head Head, IReadOnlyList<string> Labels, string? Problem = null);
