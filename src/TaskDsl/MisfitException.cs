namespace TaskDsl;

/// <summary>
/// Two things that a recipe brings together do not fit each other, each right by itself: the message says which, and what is expected.
/// </summary>
public sealed class MisfitException(string message, Exception? cause = null) : Exception(message, cause);
