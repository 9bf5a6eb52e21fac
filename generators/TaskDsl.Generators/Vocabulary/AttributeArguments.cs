using System.Globalization;
using Microsoft.CodeAnalysis;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>
/// What is written in attributes. While one is typed, something is missing in it or is of another type: that is no value, and the compiler
/// tells.
/// </summary>
internal static class AttributeArguments
{
    /// <summary>A text; null where it is none.</summary>
    public static string? Text(this TypedConstant constant) =>
        constant is { Kind: TypedConstantKind.Primitive, Value: string text } ? text : null;

    /// <summary>The attribute's first argument as a text; null where it is none.</summary>
    public static string? Text(this AttributeData? attribute) => attribute?.ConstructorArguments is [var first, ..] ? first.Text() : null;

    /// <summary>The attribute's argument of a name as a text; null where it is none.</summary>
    public static string? Text(this AttributeData? attribute, string name) =>
        attribute?.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Text();

    /// <summary>The texts of a list, or the one text.</summary>
    public static IEnumerable<string> Texts(this TypedConstant constant) =>
        constant.Kind != TypedConstantKind.Array
            ? constant.Text() is { } text
                ? [text]
                : []
            : constant.IsNull
                ? []
                : constant.Values.Select(Text).OfType<string>();

    /// <summary>The texts of the attribute's first argument.</summary>
    public static IEnumerable<string> Texts(this AttributeData? attribute) =>
        attribute?.ConstructorArguments is [var first, ..] ? first.Texts() : [];

    /// <summary>A number; null where it is none.</summary>
    public static double? Number(this TypedConstant constant) =>
        constant is { Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum, Value: IConvertible value and not (string or char) }
            ? Convert.ToDouble(value, CultureInfo.InvariantCulture)
            : null;
}
