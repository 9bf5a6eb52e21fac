namespace TaskDsl.Vocabulary;

/// <summary>
/// What other programs call a property: who writes such a name, in the YAML or in <c>--set</c>, is told this one. It is never taken for it.
/// </summary>
/// <param name="names">The names.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public class AlsoCalledAttribute(params string[] names) : Attribute
{
    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}
