using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>The name of another definition.</summary>
/// <param name="Scalar">Where it stands.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name; empty for the only one of its kind that is of another definition.</param>
public sealed record BoundReference(YamlScalar Scalar, string Kind, string Name) : BoundValue(Scalar)
{
    /// <summary>The definition that it must be of, as a prompt is of its task; null where it need not be of any.</summary>
    public BoundReference? Of { get; init; }

    /// <summary>What stands in the place of what the definition has.</summary>
    public IReadOnlyList<BoundProperty> Changes { get; init; } = [];
}
