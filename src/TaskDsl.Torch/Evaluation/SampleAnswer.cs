namespace TaskDsl.Torch.Evaluation;

/// <summary>One answer.</summary>
/// <param name="Origin">Where the example stands.</param>
/// <param name="Input">The input, as JSON.</param>
/// <param name="Gold">The gold answer as the task writes it.</param>
/// <param name="Answer">The model's answer.</param>
/// <param name="Error">Why the answer does not parse; null where it does.</param>
public sealed record SampleAnswer(string Origin, string Input, string Gold, string Answer, string? Error);
