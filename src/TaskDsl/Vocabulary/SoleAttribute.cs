namespace TaskDsl.Vocabulary;

/// <summary>
/// Marks a property that the YAML may leave out where it can mean one definition only: with it on a prompt beside the task <c>Task</c>,
/// the task's only prompt is meant. What is named must be of what the property beside it names.
/// </summary>
/// <param name="of">The property beside it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SoleAttribute(string of) : Attribute
{
    /// <summary>The property beside it.</summary>
    public string Of { get; } = of;
}
