using System.Runtime.CompilerServices;

namespace TaskDsl.Tasks;

/// <summary>
/// A text for an example: <c>type</c>, <c>language + '/' + type</c>; a number or truth value is printed, a label stands as its key, what is
/// absent gives null.
/// </summary>
/// <param name="text">The expression as it is written.</param>
/// <param name="compute">What computes it.</param>
public sealed class TextExpression(string text, Func<Example, string?> compute) : FieldExpression<string?>(text, compute)
{
    /// <summary>A text of a task's typed examples.</summary>
    public static TextExpression Of<TExample>(Func<TExample, string?> compute, [CallerArgumentExpression(nameof(compute))] string text = "")
        where TExample : Example => new(text, example => compute((TExample)example));
}
