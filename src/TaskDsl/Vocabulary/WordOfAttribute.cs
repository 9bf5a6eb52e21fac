namespace TaskDsl.Vocabulary;

/// <summary>Says that a text is a word of a kind, as <c>accuracy</c> is one of metrics: the compiler checks that there is one.</summary>
/// <param name="kind">The abstract record that the words derive from.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WordOfAttribute(Type kind) : Attribute
{
    /// <summary>The abstract record that the words derive from.</summary>
    public Type Kind { get; } = kind;
}
