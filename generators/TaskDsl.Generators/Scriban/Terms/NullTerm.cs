namespace TaskDsl.Generators.Scriban.Terms;

/// <summary>Nothing.</summary>
public sealed record NullTerm : Term
{
    public override string Description => "null";
}
