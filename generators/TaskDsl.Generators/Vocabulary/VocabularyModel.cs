using TaskDsl.Generators.Flow;
using TaskDsl.Generators.Values;
using TaskDsl.Generators.Yaml;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>The kinds of types that YAML binds to.</summary>
public enum TypeKind
{
    Boolean,
    Integer,
    Long,
    Double,
    String,
    TimeSpan,
    Enum,
    Record,
    Choice,
    List,
    Map,

    /// <summary>Another definition, by its name.</summary>
    Reference,

    /// <summary>An expression over a task's fields, which is compiled.</summary>
    Expression,

    /// <summary>A type that YAML cannot give a value to.</summary>
    Unsupported,
}

/// <summary>The type of a property.</summary>
/// <param name="Kind">What YAML gives it.</param>
/// <param name="Name">The C# name with <c>global::</c>; for a reference, the kind of definition (<c>task</c>).</param>
/// <param name="Element">The type of a list's items or of a map's values.</param>
/// <param name="IsNullable">Whether YAML's null is a value of it.</param>
public sealed record TypeRef(TypeKind Kind, string Name, TypeRef? Element = null, bool IsNullable = false);

/// <summary>A property of a record.</summary>
/// <param name="Key">The name in the YAML.</param>
/// <param name="Name">The name in C#.</param>
/// <param name="Type">Its type.</param>
/// <param name="IsRequired">Whether the YAML must give it.</param>
/// <param name="IsShorthand">Whether a bare value in place of the record stands for it.</param>
/// <param name="Minimum">The least value of a number, or the least length of a text, list or map.</param>
/// <param name="Maximum">The greatest.</param>
/// <param name="Pattern">The regular expression that a text must match as a whole.</param>
/// <param name="IsPath">Whether the text is a path of a file that must be there.</param>
/// <param name="FieldTypes">Where it names fields of the task, the types that these may have (none: any); else null.</param>
public sealed record PropertyModel(
    string Key,
    string Name,
    TypeRef Type,
    bool IsRequired,
    bool IsShorthand,
    double? Minimum,
    double? Maximum,
    string? Pattern,
    bool IsPath,
    EquatableArray<string>? FieldTypes
);

/// <summary>A type of the vocabulary.</summary>
/// <param name="Name">The C# name with <c>global::</c>.</param>
/// <param name="Label">The word that errors call it by.</param>
public abstract record TypeModel(string Name, string Label);

/// <summary>A sealed record: a mapping.</summary>
public sealed record RecordModel(string Name, string Label, EquatableArray<PropertyModel> Properties) : TypeModel(Name, Label)
{
    /// <summary>The property that a bare value stands for; null where there is none.</summary>
    public PropertyModel? Shorthand => Properties.FirstOrDefault(p => p.IsShorthand);

    /// <summary>Whether a mapping in its place is not its properties but the one map that it has.</summary>
    public bool IsMap => Properties.Count == 1 && Shorthand?.Type.Kind == TypeKind.Map;
}

/// <summary>An abstract record: one of several words.</summary>
public sealed record ChoiceModel(string Name, string Label, EquatableArray<KeywordModel> Keywords) : TypeModel(Name, Label);

/// <summary>A word of a choice.</summary>
/// <param name="Word">The word.</param>
/// <param name="Type">The record that it stands for.</param>
/// <param name="Matches">Patterns of bare values that mean it.</param>
/// <param name="IsDefault">Whether a mapping without a word means it.</param>
public sealed record KeywordModel(string Word, string Type, string Matches, bool IsDefault);

/// <summary>An enum: a word.</summary>
public sealed record EnumModel(string Name, string Label, EquatableArray<EnumMemberModel> Members) : TypeModel(Name, Label);

/// <summary>A word of an enum.</summary>
public sealed record EnumMemberModel(string Word, string Name);

/// <summary>A kind of YAML file.</summary>
/// <param name="Kind">The kind, as <c>recipe</c>.</param>
/// <param name="Type">The record that it is bound to.</param>
public sealed record DocumentModel(string Kind, string Type);

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
    /// Whether a YAML file is one of ours: of a known kind, or of a kind that was probably meant to be known, or one that begins as ours do.
    /// </summary>
    public bool Claims(DocumentFile file) =>
        Documents.Any(d => d.Kind == file.Kind)
        || NearestWord.To(file.Kind, Documents.Select(d => d.Kind)) is not null
        || (
            file.Root is YamlMapping { Entries: [{ Key.Value: var key, Value: YamlScalar }, ..] }
            && key == file.Kind
            && (file.Kind is "task" or "prompt" or "recipe" || Documents.Count > 0)
        );

    /// <summary>What to do about a kind that is not known.</summary>
    public string SuggestKind(string kind) =>
        (kind, Documents.Count) switch
        {
            (_, 0) => "; the project does not refer to TaskDsl",
            ("recipe", _) => "; recipes need a reference to TaskDsl.Torch",
            _ => NearestWord.Choice(kind, Documents.Select(d => d.Kind)),
        };

    // The look-up table is no part of the value.
    public bool Equals(VocabularyModel? other) =>
        other is not null
        && Documents.Equals(other.Documents)
        && Records.Equals(other.Records)
        && Choices.Equals(other.Choices)
        && Enums.Equals(other.Enums);

    public override int GetHashCode() => (Documents, Records, Choices, Enums).GetHashCode();
}
