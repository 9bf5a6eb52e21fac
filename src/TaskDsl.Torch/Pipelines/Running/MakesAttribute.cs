namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>Says what a step makes. Examples, or an index, are of the task that its property <c>Task</c> names.</summary>
/// <param name="kind">
/// <c>model</c>, <c>examples</c>, <c>texts</c>, <c>index</c>, <c>answers</c>, <c>table</c>, or a kind of a project's own.
/// </param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class MakesAttribute(string kind) : Attribute
{
    /// <summary>What it makes.</summary>
    public string Kind { get; } = kind;

    /// <summary>
    /// Of a table, the property whose results and paths its columns are called by. Default: none; the columns are not known.
    /// </summary>
    public string Columns { get; init; } = "";

    /// <summary>Of a table, the columns that it has besides, by their names. Default: none.</summary>
    public string[] Besides { get; init; } = [];

    /// <summary>Of a table, the property whose words or keys it measures besides metrics. Default: none.</summary>
    public string Numbers { get; init; } = "";

    /// <summary>
    /// Of examples, the number that each is given beside its fields, <c>confidence</c> or <c>score</c>: a condition may ask for it.
    /// Default: none.
    /// </summary>
    public string Keeps { get; init; } = "";
}
