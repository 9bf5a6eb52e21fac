namespace TaskDsl.Generators.Scriban.Terms;

/// <summary>A truth value.</summary>
/// <param name="Code">C# of type <c>bool</c> or <c>bool?</c>.</param>
public sealed record BoolTerm(string Code) : Term
{
    /// <summary>The value, where it is known.</summary>
    public bool? Constant { get; init; }

    public override string Description => "true or false";
}
