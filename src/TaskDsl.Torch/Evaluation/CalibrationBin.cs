namespace TaskDsl.Torch.Evaluation;

/// <summary>The answers of like confidence.</summary>
/// <param name="Index">Which of the bins, from 0.</param>
/// <param name="Count">How many answers.</param>
/// <param name="Confidence">Their mean confidence.</param>
/// <param name="Right">The share that is right.</param>
public sealed record CalibrationBin(int Index, int Count, double Confidence, double Right);
