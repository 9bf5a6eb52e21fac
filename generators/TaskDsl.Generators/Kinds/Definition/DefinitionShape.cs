using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Kinds.Definition;

/// <summary>Which definitions a definition names, as a recipe its tasks: value-equal and without positions.</summary>
/// <param name="Document">Whose shape it is.</param>
/// <param name="Names">What it names.</param>
public sealed record DefinitionShape(DocumentName Document, EquatableArray<DocumentName> Names) : DocumentShape
{
    /// <inheritdoc/>
    public override DocumentName Document { get; } = Document;

    /// <inheritdoc/>
    public override EquatableArray<DocumentName> Names { get; } = Names;
}
