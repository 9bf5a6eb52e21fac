using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Flow;

/// <summary>The shapes of the project's documents, value-equal.</summary>
public sealed record ShapeTable(EquatableArray<DocumentShape> Shapes)
{
    /// <summary>No shapes.</summary>
    public static ShapeTable Empty { get; } = new(default(EquatableArray<DocumentShape>));

    private Dictionary<DocumentName, DocumentShape>? byName;

    /// <summary>The shapes of these documents; of two of one name the project's own.</summary>
    public static ShapeTable Of(IEnumerable<DocumentSummary> documents) =>
        new(
            new EquatableArray<DocumentShape>(
                documents.OrderBy(d => d.Entry?.Project is null ? 0 : 1).Select(d => d.Shape).OfType<DocumentShape>()
            )
        );

    /// <summary>The shape of a document; null where there is none, or it is broken.</summary>
    public DocumentShape? this[DocumentName name] =>
        (byName ??= Shapes.GroupBy(s => s.Document).ToDictionary(g => g.Key, g => g.First())).TryGetValue(name, out var shape)
            ? shape
            : null;

    /// <summary>The shapes of what these references name, and of what that names.</summary>
    public ShapeTable For(EquatableArray<BoundReference> references)
    {
        var named = references.Select(r => this[new(r.Kind, r.Name)]).OfType<DocumentShape>().ToList();
        var further = named.SelectMany(shape => shape.Names).Select(name => this[name]).OfType<DocumentShape>();
        return new(new EquatableArray<DocumentShape>(named.Concat(further).Distinct()));
    }

    // The look-up table is no part of the value.
    public bool Equals(ShapeTable? other) => other is not null && Shapes.Equals(other.Shapes);

    public override int GetHashCode() => Shapes.GetHashCode();
}
