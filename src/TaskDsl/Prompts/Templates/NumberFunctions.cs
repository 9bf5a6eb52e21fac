namespace TaskDsl.Prompts.Templates;

/// <summary>What compiled templates call for <c>math.*</c>: each does what Scriban's function of that name does.</summary>
public static class NumberFunctions
{
    /// <summary><c>math.abs</c>.</summary>
    public static long Abs(long value) => Math.Abs(value);

    /// <summary><c>math.abs</c>.</summary>
    public static double Abs(double value) => Math.Abs(value);

    /// <summary><c>math.abs</c>.</summary>
    public static long? Abs(long? value) => value is { } number ? Math.Abs(number) : null;

    /// <summary><c>math.abs</c>.</summary>
    public static double? Abs(double? value) => value is { } number ? Math.Abs(number) : null;

    /// <summary><c>math.ceil</c>.</summary>
    public static double Ceil(double value) => Math.Ceiling(value);

    /// <summary><c>math.floor</c>.</summary>
    public static double Floor(double value) => Math.Floor(value);

    /// <summary><c>math.round</c>: halves go to the even neighbour.</summary>
    public static double Round(double value, int digits = 0) => Math.Round(value, digits);

    /// <summary><c>//</c> between numbers that are not both whole.</summary>
    public static double DivideRound(double left, double right) => Math.Round(left / right);

    /// <summary><c>//</c> between numbers that are not both whole.</summary>
    public static double? DivideRound(double? left, double? right) => left is { } l && right is { } r ? Math.Round(l / r) : null;
}
