namespace TaskDsl.Torch.Evaluation;

/// <summary>One answer in short.</summary>
/// <param name="Origin">Where the example stands.</param>
/// <param name="Right">Whether the answer is the gold one in every item.</param>
/// <param name="Confidence">The probability that the model gave its answer, in [0, 1]; null where it gave none.</param>
/// <param name="Gold">The gold label as the task writes it; null where the task's answer is no label.</param>
/// <param name="Answer">The answered label; null also where the answer did not parse.</param>
public sealed record AnswerMark(string Origin, bool Right, double? Confidence = null, string? Gold = null, string? Answer = null);
