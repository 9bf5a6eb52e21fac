using TaskDsl.Generators.Binding;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Columns;

/// <summary>
/// What a source wants to know of the values in its files, and how they are read: where labels and texts stand, and not what the labels
/// are, so that an edit of these reads no file again.
/// </summary>
/// <param name="Source">The C# type of the source's word.</param>
/// <param name="Delimiter">What the source says that separates columns; null where it says nothing.</param>
/// <param name="Quotes">Whether the source says that values may stand in quotes.</param>
/// <param name="Labels">Where labels stand.</param>
/// <param name="Texts">Where texts stand.</param>
public sealed record DataQuestion(
    string Source,
    char? Delimiter,
    bool Quotes,
    EquatableArray<ValuePath> Labels,
    EquatableArray<ValuePath> Texts
)
{
    /// <summary>The question of a source; null where its files are not looked into, or what is read from them is not theirs.</summary>
    /// <param name="source">The source.</param>
    /// <param name="places">Where its fields stand.</param>
    internal static DataQuestion? Of(BoundRecord source, IReadOnlyList<FieldPlace> places)
    {
        if (TextFormat.Of(source) is not { Values: not null } || source["shape"] is not (null or BoundNull))
            return null;
        return new DataQuestion(
            source.Type.Name,
            source.Text("delimiter") is { Length: 1 } sign ? sign[0] : null,
            source["quotes"] is BoundScalar { Value: true },
            new(places.Where(place => place.Field.Labels.Count > 0).Select(place => place.Path)),
            new(places.Where(place => place.Field.Labels.Count == 0).Select(place => place.Path))
        );
    }
}
