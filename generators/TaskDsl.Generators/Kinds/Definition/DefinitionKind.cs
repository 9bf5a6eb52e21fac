using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Kinds.Definition;

/// <summary>A kind that is a record and no more, as a recipe: all of its kind are properties of one class.</summary>
public record DefinitionKind(string Word, string? Package) : DocumentKind(Word)
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
    public override DocumentShape? Shape(BoundRecord value, string path, VocabularyModel vocabulary, List<Problem> problems) =>
        value.Text("name") is { } name
            ? new DefinitionShape(
                new(Word, name),
                new(
                    value
                        .All.OfType<BoundReference>()
                        .Where(r => r.Name.Length > 0)
                        .Select(r => new DocumentName(r.Kind, r.Name))
                        .Distinct()
                )
            )
            : null;

    /// <inheritdoc/>
    public override string? Emit(ScopedDocument document, EmitContext context) =>
        DefinitionEmitter.Emit(document.Document.Value!, document.Document.Summary.Entry!, context);
}
