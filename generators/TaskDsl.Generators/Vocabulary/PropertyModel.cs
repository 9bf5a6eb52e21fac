using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Vocabulary;

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
/// <param name="SoleOf">Where it can mean one definition only, the property beside it that says of what; else null.</param>
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
    string? SoleOf,
    EquatableArray<string>? FieldTypes
)
{
    /// <summary>What a text that matches the pattern is, in words; null: the pattern itself says it.</summary>
    public string? PatternWords { get; init; }

    /// <summary>Where it is a path, the property beside it that says that the file is elsewhere; null where none can.</summary>
    public string? Elsewhere { get; init; }

    /// <summary>Where it names a word of a kind, that kind's C# type; else null.</summary>
    public string? WordOf { get; init; }

    /// <summary>
    /// The number or text that it has, or that it holds as a list, where the YAML gives none; null where no <c>[DefaultValue]</c> tells.
    /// </summary>
    public object? Default { get; init; }

    /// <summary>What other programs call it.</summary>
    public EquatableArray<string> AlsoCalled { get; init; }

    /// <summary>What of another step of a pipeline it names; null where it names none.</summary>
    public ResultModel? Result { get; init; }

    /// <summary>
    /// Whether what it may be given stands beside the record's other properties: words of a choice, properties of a definition.
    /// </summary>
    public bool IsInline => InlineNoun is not null;

    /// <summary>What messages call that; null where it has a key of its own.</summary>
    public string? InlineNoun { get; init; }

    /// <summary>Whether it lists values that what stands beside it is said once for each of.</summary>
    public bool IsEach { get; init; }

    /// <summary>Whether no item of the list may stand in it twice.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>What tells apart the columns that the list's items have in the table of a step; null where they have none.</summary>
    public string? Coordinate { get; init; }

    /// <summary>Whether it names languages of the tasks beside it, or some of these tasks.</summary>
    public bool IsOfTasks { get; init; }

    /// <summary>Whether the text is a regular expression.</summary>
    public bool IsPattern { get; init; }

    /// <summary>The property that it changes the meaning of; null where there is none.</summary>
    public BesideModel? Beside { get; init; }
}
