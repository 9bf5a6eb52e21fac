using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>A sealed record: a mapping.</summary>
public sealed record RecordModel(string Name, string Label, EquatableArray<PropertyModel> Properties) : TypeModel(Name, Label)
{
    /// <summary>Of a format of outputs, the types of field that it writes.</summary>
    public EquatableArray<string> Writes { get; init; }

    /// <summary>Of a metric, the types of field that it is defined for; none for any output.</summary>
    public EquatableArray<string> Measures { get; init; }

    /// <summary>Of a stage, whether it may write a record that does not fit as it would fit.</summary>
    public bool Rewrites { get; init; }

    /// <summary>Of a step of a pipeline, what it makes; null for anything else.</summary>
    public ResultModel? Makes { get; init; }

    /// <summary>The properties of which it needs one to be of use; null where there are none.</summary>
    public AnyOfModel? AnyOf { get; init; }

    /// <summary>The properties of which it needs exactly one; none where it does not.</summary>
    public EquatableArray<string> OneOf { get; init; }

    /// <summary>The property that a bare value stands for; null where there is none.</summary>
    public PropertyModel? Shorthand => Properties.FirstOrDefault(p => p.IsShorthand);

    /// <summary>The property whose words or properties stand beside its own; null where there is none.</summary>
    public PropertyModel? Inline => Properties.FirstOrDefault(p => p.IsInline);

    /// <summary>The property that lists what the record is said once for each of; null where there is none.</summary>
    public PropertyModel? Each => Properties.FirstOrDefault(p => p.IsEach);

    /// <summary>What a property, by its YAML name, has where the YAML gives none; null where that is not told.</summary>
    public object? Default(string key) => Properties.First(p => p.Key == key).Default;

    /// <summary>Whether a mapping in its place is not its properties but the one map that it has.</summary>
    public bool IsMap => Properties.Count == 1 && Shorthand?.Type.Kind == TypeKind.Map;
}
