namespace TaskDsl.Torch.Gguf;

/// <summary>How far the numbers of a file are from the model's.</summary>
/// <param name="Largest">The largest difference; 0 = they are equal to the last bit.</param>
/// <param name="Tensor">The tensor that has it.</param>
/// <param name="Numbers">How many numbers there are.</param>
internal sealed record GgufDifference(float Largest, string Tensor, long Numbers);
