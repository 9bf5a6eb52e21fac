using TaskDsl.Generators.Vocabulary;

namespace TaskDsl.Generators.Binding;

/// <summary>Types in words, for errors.</summary>
internal static class Wording
{
    /// <summary>What a value of a type is.</summary>
    public static string Expected(TypeRef type) =>
        type.Kind switch
        {
            TypeKind.Boolean => "true or false",
            TypeKind.Integer or TypeKind.Long => "a whole number",
            TypeKind.Double => "a number",
            TypeKind.TimeSpan => "a time span (as 01:30:00)",
            TypeKind.Expression => "an expression over the task's fields",
            TypeKind.Reference => $"the name of {Article(type.Document)}",
            _ => "a text",
        };

    /// <summary>A word behind its article.</summary>
    public static string Article(string label) => ("aeiou".IndexOf(label[0]) >= 0 ? "an " : "a ") + label;
}
