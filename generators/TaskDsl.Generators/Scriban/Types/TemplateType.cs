using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Scriban.Types;

/// <summary>What a template's variable holds.</summary>
public abstract record TemplateType
{
    /// <summary>A text.</summary>
    public static TemplateType Text { get; } = new TextType();

    /// <summary>A whole number, <c>long</c> in C#.</summary>
    public static TemplateType Whole { get; } = new NumberType(IsWhole: true);

    /// <summary>A whole number, <c>int</c> in C#; templates reckon with <c>long</c>.</summary>
    public static TemplateType Int { get; } = new NumberType(IsWhole: true, IsInt: true);

    /// <summary>A number, <c>double</c> in C#.</summary>
    public static TemplateType Real { get; } = new NumberType(IsWhole: false);

    /// <summary>A truth value.</summary>
    public static TemplateType Bool { get; } = new BoolType();
}

/// <summary>A text.</summary>
public sealed record TextType : TemplateType;

/// <summary>A number.</summary>
public sealed record NumberType(bool IsWhole, bool IsInt = false) : TemplateType;

/// <summary>A truth value.</summary>
public sealed record BoolType : TemplateType;

/// <summary>A label: an enum in C#, in templates the surface form.</summary>
/// <param name="Words">The C# expression of the array of surface forms.</param>
public sealed record LabelType(string Words) : TemplateType
{
    /// <summary>The surface forms, where they are known.</summary>
    public EquatableArray<string> Known { get; init; }
}

/// <summary>A list; in C# something with <c>AsSpan()</c>.</summary>
public sealed record ListType(TemplateType Item) : TemplateType
{
    /// <summary>Whether items may be null.</summary>
    public bool HasNullItems { get; init; }
}

/// <summary>A record.</summary>
public sealed record RecordType(EquatableArray<TemplateField> Fields) : TemplateType
{
    /// <summary>Whether it is a struct in C#.</summary>
    public bool IsValue { get; init; }
}

/// <summary>A field of a record, or a variable.</summary>
/// <param name="Name">Its name in the template.</param>
/// <param name="Property">Its property in C#.</param>
/// <param name="Type">What it holds.</param>
/// <param name="IsNullable">Whether it may be absent.</param>
public sealed record TemplateField(string Name, string Property, TemplateType Type, bool IsNullable = false);
