namespace TaskDsl.Tasks;

/// <summary>
/// An input cannot be answered, though it has the task's type: a field is missing or blank, the task does not have its language, or it is
/// longer than the model can read. The message says which; whoever asked can mend it.
/// </summary>
public sealed class InputException(string message) : Exception(message);
