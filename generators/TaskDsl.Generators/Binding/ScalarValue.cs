using System.Globalization;
using TaskDsl.Generators.Vocabulary;
using TaskDsl.Generators.Yaml;

namespace TaskDsl.Generators.Binding;

/// <summary>Reads a scalar by the type that is wanted, never by its looks; a number or truth value in quotes is a text.</summary>
internal static class ScalarValue
{
    /// <summary>A bool, long, double, string or TimeSpan; null where the scalar is none of that type.</summary>
    public static object? Of(YamlScalar scalar, TypeKind type) =>
        type switch
        {
            TypeKind.String or TypeKind.Expression => scalar.IsNull ? null : scalar.Value,
            TypeKind.TimeSpan => TimeSpan.TryParse(scalar.Value, CultureInfo.InvariantCulture, out var time) ? time : null,
            _ when !scalar.IsPlain => null,
            TypeKind.Boolean => scalar.Value switch
            {
                "true" or "True" or "TRUE" => true,
                "false" or "False" or "FALSE" => false,
                _ => null,
            },
            TypeKind.Integer => int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small)
                ? (long)small
                : null,
            TypeKind.Long => long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large)
                ? large
                : null,
            TypeKind.Double => double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real)
            && !double.IsNaN(real)
            && !double.IsInfinity(real)
                ? real
                : null,
            _ => null,
        };
}
