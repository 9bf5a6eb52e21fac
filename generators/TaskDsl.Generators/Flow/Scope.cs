namespace TaskDsl.Generators.Flow;

/// <summary>What documents see of each other.</summary>
/// <param name="Index">What the project declares.</param>
/// <param name="Shapes">What can be seen of it beyond names.</param>
/// <param name="Options">What the build says.</param>
public sealed record Scope(ProjectIndex Index, ShapeTable Shapes, ProjectOptions Options);
