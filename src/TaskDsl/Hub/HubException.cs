namespace TaskDsl.Hub;

/// <summary>Something of a hub is not here, or cannot be had: the message says what, where, and what to do.</summary>
public sealed class HubException(string message, Exception? inner = null) : IOException(message, inner);
