using System.Runtime.CompilerServices;

namespace TaskDsl.Tasks;

/// <summary>True or false for an example: <c>clause.size &gt; 20 &amp;&amp; type != 'delivery'</c>. A label stands as its key.</summary>
/// <param name="text">The expression as it is written.</param>
/// <param name="compute">What computes it.</param>
public sealed class Condition(string text, Func<Example, bool> compute) : FieldExpression<bool>(text, compute)
{
    /// <summary>A condition on a task's typed examples.</summary>
    public static Condition Of<TExample>(Func<TExample, bool> compute, [CallerArgumentExpression(nameof(compute))] string text = "")
        where TExample : Example => new(text, example => compute((TExample)example));
}
