using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Flow;

namespace TaskDsl.Generators.Kinds.Definition;

/// <summary>A kind that is a record and no more, as a recipe: all of its kind are properties of one class.</summary>
public sealed record DefinitionKind(string Word, string? Package) : DocumentKind(Word)
{
    /// <inheritdoc/>
    public override string? Package { get; } = Package;

    /// <inheritdoc/>
    public override bool HasOwnClass => false;

    /// <inheritdoc/>
    public override string ClassName(string name) => Names.Plural(Word);

    /// <inheritdoc/>
    public override string Member(string name) => Names.Pascal(name)!;

    /// <inheritdoc/>
    public override string Emit(ScopedDocument document, EmitContext context) =>
        DefinitionEmitter.Emit(document.Document.Value!, document.Document.Summary.Entry!, context);
}
