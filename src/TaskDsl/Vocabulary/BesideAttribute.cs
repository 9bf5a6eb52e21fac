namespace TaskDsl.Vocabulary;

/// <summary>
/// Marks a property that changes what another one means where both are given: the compiler warns then, and says how they go together.
/// </summary>
/// <param name="other">The other property.</param>
/// <param name="meaning">What the two mean together, as a clause.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BesideAttribute(string other, string meaning) : Attribute
{
    /// <summary>The other property.</summary>
    public string Other { get; } = other;

    /// <summary>What the two mean together, as a clause.</summary>
    public string Meaning { get; } = meaning;
}
