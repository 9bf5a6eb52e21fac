using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Binding;

/// <summary>What may stand in a record's mapping beside its own properties, by a property that is <c>[Inline]</c>.</summary>
/// <param name="type">The record.</param>
/// <param name="vocabulary">The words.</param>
internal sealed class InlineEntries(RecordModel type, VocabularyModel vocabulary)
{
    private readonly List<BoundProperty> changes = [];

    /// <summary>The property; null where there is none.</summary>
    public PropertyModel? Property { get; } = type.Inline;

    /// <summary>The choice whose words stand in the mapping; null where it is none.</summary>
    public ChoiceModel? Choice { get; } =
        type.Inline is { Type: { Kind: TypeKind.Choice, Name: var name } } ? vocabulary.Type<ChoiceModel>(name) : null;

    /// <summary>The properties that have a key of their own.</summary>
    public IEnumerable<PropertyModel> Own => Choice is null ? type.Properties : type.Properties.Where(p => p != Property);

    /// <summary>All that may stand in the mapping.</summary>
    public IEnumerable<string> Keys =>
        Own.Select(p => p.Key).Concat(Choice?.Keywords.Select(k => k.Word) ?? []).Concat(Named.Select(p => p.Key)).Distinct();

    // A definition's name and summary are its own.
    private IEnumerable<PropertyModel> Named =>
        Property?.Type is { Kind: TypeKind.Reference, Document: var document } && vocabulary.Document(document) is { } record
            ? record.Properties.Where(p => p.Key is not ("name" or "summary"))
            : [];

    /// <summary>The property of the definition that is named which a key changes; null where it is none.</summary>
    public PropertyModel? Changed(string key) => Named.FirstOrDefault(p => p.Key == key);

    /// <summary>Notes what stands in the place of what the definition has.</summary>
    public void Add(BoundProperty change) => changes.Add(change);

    /// <summary>A key that is nothing was to be the word: that is not missing on top of it.</summary>
    public void Miss(ISet<string> tried)
    {
        if (Choice is not null)
            tried.Add(Property!.Key);
    }

    /// <summary>Puts the changes to the definition that they are of.</summary>
    public void Change(List<BoundProperty> bound)
    {
        var at = changes.Count == 0 ? -1 : bound.FindIndex(b => b.Property == Property);
        if (at >= 0)
            bound[at] = bound[at] with { Value = Changed(bound[at].Value) };
    }

    private BoundValue Changed(BoundValue named) =>
        named switch
        {
            BoundReference reference => reference with { Changes = changes },
            BoundEach each => each with { Items = [.. each.Items.Select(Changed)] },
            _ => named,
        };
}
