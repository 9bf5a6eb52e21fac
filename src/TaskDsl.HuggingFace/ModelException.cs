namespace TaskDsl.HuggingFace;

/// <summary>A model folder that cannot be used; the text says what is wrong and what was expected.</summary>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);
