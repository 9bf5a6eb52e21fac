using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>One of several values: <c>${each.rank}</c>.</summary>
/// <param name="Node">Where it stands.</param>
/// <param name="Parameter">What C# calls the cell that says which.</param>
/// <param name="Axis">The name of the values.</param>
/// <param name="Type">The type that was wanted.</param>
/// <param name="Items">The values, each fitted to it.</param>
public sealed record BoundEach(YamlNode Node, string Parameter, string Axis, TypeRef Type, IReadOnlyList<BoundValue> Items)
    : BoundValue(Node)
{
    /// <summary>Whether it is the seed that numbers are drawn by.</summary>
    public bool IsSeed => Axis == EachScope.Seed && Type.Kind is TypeKind.Integer or TypeKind.Long;
}
