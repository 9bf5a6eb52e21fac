using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Scriban.Terms;

/// <summary>A record.</summary>
/// <param name="Code">C# that yields it.</param>
/// <param name="Type">Its fields.</param>
public sealed record RecordTerm(string Code, RecordType Type) : Term
{
    public override string Description => "a record";
}
