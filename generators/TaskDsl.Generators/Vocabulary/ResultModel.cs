using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>The result of a step of a pipeline, as it is wanted or made.</summary>
/// <param name="Kind">
/// What it is: <c>model</c>, <c>examples</c>, <c>texts</c>, <c>index</c>, <c>table</c>, or a kind of a project's own.
/// </param>
/// <param name="Also">
/// Where it is wanted, a word that may stand in its place; of a table that is made, the property that its columns are called by.
/// </param>
public sealed record ResultModel(string Kind, string Also)
{
    /// <summary>Where it is wanted, another kind that serves as well; empty where there is none.</summary>
    public string Or { get; init; } = "";

    /// <summary>Of a table that is made, the columns that it has besides.</summary>
    public EquatableArray<string> Besides { get; init; }

    /// <summary>Of a table that is made, the property whose words or keys it measures besides metrics; empty where there is none.</summary>
    public string Numbers { get; init; } = "";

    /// <summary>Of examples that are made, the number that each is given beside its fields; empty = none.</summary>
    public string Keeps { get; init; } = "";

    /// <summary>Of examples that are wanted, whether they come out again as they are.</summary>
    public bool PassesOn { get; init; }

    /// <summary>Of examples that are wanted, whether they may be of another task, whose fields are read by their names.</summary>
    public bool OfAnyTask { get; init; }

    /// <summary>Of those, whether the fields of the input alone are read.</summary>
    public bool InputAlone { get; init; }
}
