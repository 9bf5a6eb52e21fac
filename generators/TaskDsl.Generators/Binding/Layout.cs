using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>
/// What a line that is indented wrongly, or a missing colon, makes of a mapping: it is YAML all the same, and much in it seems to be wrong.
/// </summary>
/// <param name="mapping">The mapping.</param>
/// <param name="type">What it is bound to.</param>
/// <param name="known">The properties that it may have.</param>
internal sealed class Layout(YamlMapping mapping, RecordModel type, IReadOnlyList<string> known)
{
    private bool isCut;

    /// <summary>
    /// Why a key is no property, as the end of a sentence; empty where that is told already, null where it is not the layout.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="tried">Receives the property that is meant.</param>
    public string? Fault(YamlScalar key, YamlNode value, ISet<string> tried)
    {
        if (value is YamlScalar { IsNull: true })
        {
            // A text with a comma in it falls to pieces.
            if (isCut)
                return "";
            if (key.Value.IndexOf(' ') is > 0 and var blank && key.Value.Substring(0, blank) is var word && known.Contains(word))
            {
                isCut = true;
                tried.Add(word);
                return $"; a colon is missing: write '{word}: {key.Value.Substring(blank + 1)}'";
            }

            var before = Index(key) > 0 ? mapping.Entries[Index(key) - 1].Value : null;
            if (before is YamlScalar { IsPlain: true, IsNull: false } && IsStray(key))
            {
                isCut = true;
                return "; a text with ', ' in it needs quotes";
            }
        }

        for (var i = Index(key) - 1; i >= 0 && IsStray(mapping.Entries[i + 1].Key); i--)
            if (IsOwner(mapping.Entries[i].Key))
                return i == Index(key) - 1 ? $"; indent it if it belongs to '{mapping.Entries[i].Key.Value}' above" : "";
        return null;
    }

    /// <summary>Whether a key has no value and what follows seems to be it.</summary>
    public bool IsOwner(YamlScalar key) =>
        Index(key) is >= 0 and var i
        && known.Contains(key.Value)
        && i + 1 < mapping.Entries.Count
        && mapping.Entries[i].Value is YamlScalar { IsNull: true }
        && IsStray(mapping.Entries[i + 1].Key);

    /// <summary>Whether a key of a map of records is no name there but a property of one.</summary>
    public static bool IsOfAName(YamlEntry entry, RecordModel record) =>
        record.Properties.Any(p => p.Key == entry.Key.Value) && !(entry.Value is YamlMapping inner && HasOneOf(inner, record));

    /// <summary>Whether a mapping has a property of a record, or one that is meant to be.</summary>
    public static bool HasOneOf(YamlMapping mapping, RecordModel record) =>
        mapping.Entries.Any(entry => MeantProperty.In(record, entry.Key.Value, record.Properties.Select(p => p.Key)) is not null);

    private bool IsStray(YamlScalar key) => !known.Contains(key.Value) && MeantProperty.In(type, key.Value, known) is null;

    private int Index(YamlScalar key)
    {
        for (var i = 0; i < mapping.Entries.Count; i++)
            if (ReferenceEquals(mapping.Entries[i].Key, key))
                return i;
        return -1;
    }
}
