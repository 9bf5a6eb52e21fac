using TaskDsl.Generators.Tasks;

namespace TaskDsl.Generators.Prompts;

/// <summary>What a template's values can be.</summary>
public enum ValueKind
{
    String,
    Integer,
    Double,
    Boolean,
    List,
    Entity,
    Record,

    /// <summary>The literal <c>null</c>.</summary>
    Null,

    /// <summary>The loop's own variable <c>for</c>.</summary>
    Loop,
}

/// <summary>A typed expression of C#.</summary>
/// <param name="Code">The expression; it can be used more than once, and costs little.</param>
/// <param name="Kind">What it gives.</param>
public sealed record TemplateValue(string Code, ValueKind Kind)
{
    /// <summary>Whether it may be null.</summary>
    public bool IsOptional { get; init; }

    /// <summary>What it is a list of: an item in C#, from its code.</summary>
    public Func<string, TemplateValue>? Element { get; init; }

    /// <summary>The fields of a record.</summary>
    public IReadOnlyList<FieldModel> Fields { get; init; } = [];

    /// <summary>The labels of an entity's kind.</summary>
    public FieldModel? Entity { get; init; }

    /// <summary>A text or a list of texts that is known while compiling.</summary>
    public IReadOnlyList<string>? Constant { get; init; }

    /// <summary>The loop that <c>for</c> speaks of: index and list.</summary>
    public (string Index, string Count)? Loop { get; init; }

    /// <summary>What it is, in words for an error.</summary>
    public string Description => Kind switch
    {
        ValueKind.String => "a text",
        ValueKind.Integer => "a whole number",
        ValueKind.Double => "a number",
        ValueKind.Boolean => "true or false",
        ValueKind.List => "a list",
        ValueKind.Entity => "an entity",
        ValueKind.Record => "a record",
        ValueKind.Null => "null",
        _ => "the loop",
    };
}
