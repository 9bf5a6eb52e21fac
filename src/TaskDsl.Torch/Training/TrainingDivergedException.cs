namespace TaskDsl.Torch.Training;

/// <summary>The loss or the gradients are no longer finite; the run stopped before they reached the weights.</summary>
public sealed class TrainingDivergedException(string message) : RunException(message);
