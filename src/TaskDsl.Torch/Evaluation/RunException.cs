namespace TaskDsl.Torch.Evaluation;

/// <summary>A run cannot start or go on: the message says why and what to do.</summary>
public class RunException(string message, Exception? inner = null) : Exception(message, inner);
