using System.Globalization;

namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>Filters that make numbers.</summary>
internal static partial class Filters
{
    private static object ToInt(object? value, Arguments arguments)
    {
        var bound = arguments.Bind("default?", "base?");
        if (bound.Whole(1, 10) != 10)
            throw arguments.Bad("supports no other base than 10");
        return value switch
        {
            long whole => whole,
            bool truth => truth ? 1L : 0L,
            double real when Math.Abs(real) < 9e18 => (long)real,
            Text text
                when long.TryParse(
                    text.Value.Replace("_", "", StringComparison.Ordinal),
                    NumberStyles.Integer,
                    CultureInfo.InvariantCulture,
                    out var whole
                ) => whole,
            Text text
                when double.TryParse(text.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && Math.Abs(real) < 9e18 =>
                (long)real,
            Undefined undefined => throw arguments.Bad($"needs a number: {Operators.Describe(undefined).TrimEnd('.')}"),
            _ => bound.Or(0, 0L)!,
        };
    }

    private static object ToFloat(object? value, Arguments arguments) =>
        value switch
        {
            Text text when double.TryParse(text.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) => real,
            Undefined undefined => throw arguments.Bad($"needs a number: {Operators.Describe(undefined).TrimEnd('.')}"),
            _ => Operators.Number(value) ?? arguments.Bind("default?").Or(0, 0.0)!,
        };

    private static object Round(object? value, Arguments arguments)
    {
        var bound = arguments.Bind("precision?", "method?");
        var scale = Math.Pow(10, Math.Clamp(bound.Whole(0, 0), -300, 300));
        var number = Operators.Number(value) ?? throw Needs("a number", value, arguments);
        return bound.Text(1, "common").Value switch
        {
            "common" when value is long && scale >= 1 => value,
            "common" => scale >= 1 && scale <= 1e15
                ? Math.Round(number, (int)bound.Whole(0, 0), MidpointRounding.ToEven)
                : Math.Round(number * scale, MidpointRounding.ToEven) / scale,
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => throw arguments.Bad("knows the methods common, ceil and floor"),
        };
    }
}
