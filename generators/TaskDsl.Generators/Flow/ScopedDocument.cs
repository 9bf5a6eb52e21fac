namespace TaskDsl.Generators.Flow;

/// <summary>A document with the part of the project that it sees, and no more: an edit elsewhere leaves it equal.</summary>
/// <param name="Document">The document.</param>
/// <param name="HintName">The generated file; null where it has none, because it is broken or its name is taken.</param>
/// <param name="Index">What it refers to.</param>
/// <param name="Base">The shape of what it is nothing without: of a prompt's task.</param>
public sealed record ScopedDocument(BoundDocument Document, string? HintName, ProjectIndex Index, DocumentShape? Base)
{
    public static ScopedDocument Of(BoundDocument document, ProjectIndex index, ShapeTable shapes)
    {
        var hint =
            document is { Value: not null, Entry: { } entry }
            && index.Find(entry.Document) is { IsWhole: true } owner
            && owner.Path == entry.Path
                ? owner.HintName
                : null;
        return new ScopedDocument(document, hint, index.For(document.References), document.Entry?.Base is { } name ? shapes[name] : null);
    }
}
