namespace TaskDsl.Data;

/// <summary>Data cannot be used: the message says what is wrong, where, and what to do.</summary>
public sealed class DataException(string message, Exception? inner = null) : Exception(message, inner);
