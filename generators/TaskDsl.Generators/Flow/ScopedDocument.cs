using TaskDsl.Generators.Diagnostics;

namespace TaskDsl.Generators.Flow;

/// <summary>A document with the part of the project that it sees, and no more: an edit elsewhere leaves it equal.</summary>
/// <param name="Document">The document.</param>
/// <param name="RootNamespace">The namespace of generated code.</param>
/// <param name="HintName">The generated file; null where it has none, because it is broken or its name is taken.</param>
/// <param name="Index">What it refers to.</param>
/// <param name="Base">The shape of what it is nothing without: of a prompt's task.</param>
/// <param name="Shapes">The shapes of what it refers to, where its kind looks at them.</param>
/// <param name="Clash">What is wrong where its name is taken.</param>
public sealed record ScopedDocument(
    BoundDocument Document,
    string RootNamespace,
    string? HintName,
    ProjectIndex Index,
    DocumentShape? Base,
    ShapeTable Shapes,
    Problem? Clash
)
{
    public static ScopedDocument Of(BoundDocument document, Scope scope)
    {
        var entry = document.Summary.Entry;
        var hint =
            document.Value is not null
            && entry is { Project: null }
            && scope.Index.Find(entry.Document) is { IsWhole: true } owner
            && owner.Path == entry.Path
                ? owner.HintName
                : null;
        return new ScopedDocument(
            document,
            scope.Options.RootNamespace,
            hint,
            scope.Index.For(document.References),
            entry?.Base is { } name ? scope.Shapes[name] : null,
            document.Value is { } value && document.File.Kind.SeesShapes(value) ? scope.Shapes.For(document.References) : ShapeTable.Empty,
            entry is null ? null : scope.Index.ClashOf(entry)?.ToProblem(document.NameSpan)
        );
    }
}
