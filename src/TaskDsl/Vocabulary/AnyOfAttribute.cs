namespace TaskDsl.Vocabulary;

/// <summary>Marks a record that needs one of several properties to be of use: the compiler warns where none of them is given.</summary>
/// <param name="otherwise">What comes of it otherwise, and what to write, as a clause.</param>
/// <param name="properties">The properties.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AnyOfAttribute(string otherwise, params string[] properties) : Attribute
{
    /// <summary>What comes of it otherwise, and what to write, as a clause.</summary>
    public string Otherwise { get; } = otherwise;

    /// <summary>The properties.</summary>
    public IReadOnlyList<string> Properties { get; } = properties;
}
