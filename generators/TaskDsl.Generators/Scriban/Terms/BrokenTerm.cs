namespace TaskDsl.Generators.Scriban.Terms;

/// <summary>What has a mistake that is reported already.</summary>
public sealed record BrokenTerm : Term
{
    public override string Description => "a mistake";
}
