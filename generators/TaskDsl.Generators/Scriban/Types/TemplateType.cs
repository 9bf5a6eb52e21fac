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
