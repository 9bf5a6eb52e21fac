namespace TaskDsl.Gpu;

/// <summary>What was asked cannot be done here; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);
