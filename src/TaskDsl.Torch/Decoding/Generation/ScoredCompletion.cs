namespace TaskDsl.Torch.Decoding.Generation;

/// <summary>An answer and what its decoding method holds it to be worth.</summary>
/// <param name="Completion">The answer.</param>
/// <param name="Score">The method's score, the larger the better.</param>
public readonly record struct ScoredCompletion(Completion Completion, double Score);
