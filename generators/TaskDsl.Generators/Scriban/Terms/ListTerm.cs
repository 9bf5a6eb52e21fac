using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Scriban.Terms;

/// <summary>A list.</summary>
/// <param name="Span">C# of type <c>ReadOnlySpan</c>, empty for null.</param>
/// <param name="Item">What the items are.</param>
public sealed record ListTerm(string Span, TemplateType Item) : Term
{
    /// <summary>Whether items may be null.</summary>
    public bool HasNullItems { get; init; }

    public override string Description => "a list";
}
