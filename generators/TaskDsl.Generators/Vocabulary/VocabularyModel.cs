using TaskDsl.Generators.Values;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>All the words of a compilation: value-equal, and so cached until a word changes.</summary>
public sealed record VocabularyModel(
    EquatableArray<DocumentModel> Documents,
    EquatableArray<RecordModel> Records,
    EquatableArray<ChoiceModel> Choices,
    EquatableArray<EnumModel> Enums
)
{
    private Dictionary<string, TypeModel>? types;

    /// <summary>A type by its C# name.</summary>
    public T Type<T>(string name)
        where T : TypeModel => (T)(types ??= Records.Concat<TypeModel>(Choices).Concat(Enums).ToDictionary(t => t.Name))[name];

    /// <summary>The record of a kind; null where there is no such kind.</summary>
    public RecordModel? Document(string kind) =>
        Documents.FirstOrDefault(d => d.Kind == kind) is { } document ? Type<RecordModel>(document.Type) : null;

    /// <summary>
    /// Whether a YAML file is one of ours: of a known kind, or of a kind that was probably meant to be known, or one that begins as ours
    /// do.
    /// </summary>
    /// <param name="kind">The word in its name.</param>
    /// <param name="isOurs">Whether the kind comes with one of our packages, referred to or not.</param>
    /// <param name="root">Its text.</param>
    public bool Claims(string kind, bool isOurs, YamlNode? root) =>
        Documents.Any(d => d.Kind == kind)
        || NearestWord.To(kind, Documents.Select(d => d.Kind)) is not null
        || (
            root is YamlMapping { Entries: [{ Key.Value: var key, Value: YamlScalar }, ..] }
            && key == kind
            && (isOurs || Documents.Count > 0)
        );

    /// <summary>The kind that a word in a file's name says or was probably meant to say.</summary>
    public string Meant(string kind) =>
        Documents.Any(d => d.Kind == kind) ? kind : NearestWord.To(kind, Documents.Select(d => d.Kind)) ?? kind;

    /// <summary>What to do about a kind that is not known.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="package">The package of ours that brings it; null where none does.</param>
    public string SuggestKind(string kind, string? package) =>
        Documents.Count == 0 ? "; the project does not refer to TaskDsl"
        : package is not null ? $"; {kind}s need a reference to {package}"
        : NearestWord.Choice(kind, Documents.Select(d => d.Kind));

    // The look-up table is no part of the value.
    public bool Equals(VocabularyModel? other) =>
        other is not null
        && Documents.Equals(other.Documents)
        && Records.Equals(other.Records)
        && Choices.Equals(other.Choices)
        && Enums.Equals(other.Enums);

    public override int GetHashCode() => (Documents, Records, Choices, Enums).GetHashCode();
}
