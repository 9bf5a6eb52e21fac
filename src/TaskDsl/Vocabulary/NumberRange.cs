using System.Globalization;

namespace TaskDsl.Vocabulary;

/// <summary>The numbers that a property takes, in the words of an error. The compiler and the command line share it.</summary>
internal static class NumberRange
{
    /// <summary><c>0 to 1</c>, <c>1e-6 to 1000</c>, or <c>at least 1</c> where the type alone ends it.</summary>
    public static string Describe(double minimum, double maximum) =>
        maximum >= int.MaxValue ? $"at least {Text(minimum)}" : $"{Text(minimum)} to {Text(maximum)}";

    private static string Text(double number) =>
        number.ToString(Math.Abs(number) is > 0 and < 1e-4 ? "0.###e-0" : "R", CultureInfo.InvariantCulture);
}
