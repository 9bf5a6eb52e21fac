namespace TaskDsl.Torch.Evaluation;

/// <summary>What it took to answer a part.</summary>
/// <param name="Seconds">The time.</param>
/// <param name="TokensIn">The tokens of all questions that were asked.</param>
/// <param name="TokensOut">The tokens of all answers.</param>
internal sealed record AnswerCosts(double Seconds, long TokensIn, long TokensOut);
