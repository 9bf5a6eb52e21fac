namespace TaskDsl.App.Sessions;

/// <summary>The command line names something that is not there or does not fit: the message says what, and what there is.</summary>
public sealed class UserException(string message) : Exception(message);
