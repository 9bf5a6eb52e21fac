namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>
/// Says of a list that each of its items has columns of its own in the table that a step makes, called by it, as <c>student[shots=4]</c>.
/// The compiler knows then what an expectation may ask for.
/// </summary>
/// <param name="name">What an item is, as <c>shots</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CoordinateAttribute(string name) : Attribute
{
    /// <summary>What an item is.</summary>
    public string Name { get; } = name;
}
