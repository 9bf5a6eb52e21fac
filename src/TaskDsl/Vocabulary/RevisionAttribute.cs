namespace TaskDsl.Vocabulary;

/// <summary>
/// Says which revision of a project's own word this is: the number grows when the word comes to make something else of the same properties.
/// What a pipeline has made with the word is kept as long as the number stays; without one, until the project's code changes in any way.
/// </summary>
/// <param name="number">The revision.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RevisionAttribute(int number) : Attribute
{
    /// <summary>The revision.</summary>
    public int Number { get; } = number;
}
