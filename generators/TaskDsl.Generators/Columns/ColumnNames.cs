using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Columns;

/// <summary>The columns of the records in a start.</summary>
/// <param name="Any">Those that some record has, in the order of their appearance.</param>
/// <param name="Always">Those that every record has.</param>
/// <param name="Fault">What is wrong with the header that names them; null where nothing is.</param>
public sealed record ColumnNames(EquatableArray<string> Any, EquatableArray<string> Always, string? Fault = null)
{
    /// <summary>No record was seen.</summary>
    public static readonly ColumnNames None = new(default, default);
}
