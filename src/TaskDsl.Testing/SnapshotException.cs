namespace TaskDsl.Testing;

/// <summary>What was generated is not what was expected. The message holds the difference.</summary>
public sealed class SnapshotException(string message) : Exception(message);
