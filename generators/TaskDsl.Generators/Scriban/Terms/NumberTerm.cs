namespace TaskDsl.Generators.Scriban.Terms;

/// <summary>A number.</summary>
/// <param name="Code">C# of type <c>long</c> or <c>double</c>, nullable where it may be null.</param>
/// <param name="IsWhole">Whether it is a <c>long</c>.</param>
public sealed record NumberTerm(string Code, bool IsWhole) : Term
{
    /// <summary>The number, where it is known.</summary>
    public object? Constant { get; init; }

    public override string Description => IsWhole ? "a whole number" : "a number";
}
