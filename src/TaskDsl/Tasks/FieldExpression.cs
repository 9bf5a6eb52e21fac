using System.Runtime.CompilerServices;
using TaskDsl.Data;
using TaskDsl.Prompts;

namespace TaskDsl.Tasks;

/// <summary>
/// Something that is computed from an example's fields. In YAML it is written in the Scriban language, over the names of the task's fields
/// and <c>language</c>; the compiler types it and writes it as C#. In C# it is a lambda.
/// </summary>
public abstract class FieldExpression
{
    private protected FieldExpression(string text) => Text = text;

    /// <summary>The expression as it is written.</summary>
    public string Text { get; }

    /// <summary>The expression on one line.</summary>
    public override string ToString() => Text.Trim().ReplaceLineEndings(" ");
}

/// <summary>Something of a type that is computed from an example's fields.</summary>
public abstract class FieldExpression<TValue> : FieldExpression
{
    private readonly Func<Example, TValue> compute;

    private protected FieldExpression(string text, Func<Example, TValue> compute)
        : base(text) => this.compute = compute;

    /// <summary>The value for an example.</summary>
    /// <exception cref="DataException">It cannot be computed: a number is divided by zero or grows too large.</exception>
    public TValue Of(Example example)
    {
        try
        {
            return compute(example);
        }
        catch (ArithmeticException e)
        {
            throw new DataException($"{example.Origin}: error: '{this}' cannot be computed: {e.Message}", e);
        }
    }
}

/// <summary>True or false for an example: <c>clause.size &gt; 20 &amp;&amp; type != 'delivery'</c>. A label stands as its key.</summary>
/// <param name="text">The expression as it is written.</param>
/// <param name="compute">What computes it.</param>
public sealed class Condition(string text, Func<Example, bool> compute) : FieldExpression<bool>(text, compute)
{
    /// <summary>A condition on a task's typed examples.</summary>
    public static Condition Of<TExample>(Func<TExample, bool> compute, [CallerArgumentExpression(nameof(compute))] string text = "")
        where TExample : Example => new(text, example => compute((TExample)example));
}

/// <summary>A text for an example: <c>type</c>, <c>language + '/' + type</c>; a number or truth value is printed, a label stands as its key, what is absent gives null.</summary>
/// <param name="text">The expression as it is written.</param>
/// <param name="compute">What computes it.</param>
public sealed class TextExpression(string text, Func<Example, string?> compute) : FieldExpression<string?>(text, compute)
{
    /// <summary>A text of a task's typed examples.</summary>
    public static TextExpression Of<TExample>(Func<TExample, string?> compute, [CallerArgumentExpression(nameof(compute))] string text = "")
        where TExample : Example => new(text, example => compute((TExample)example));
}

/// <summary>A text with expressions in it: <c>{{ title }}: {{ clause | string.strip }}</c>.</summary>
/// <param name="text">The template as it is written.</param>
/// <param name="write">What appends it to a buffer.</param>
public sealed class TextTemplate(string text, Action<PromptBuffer, Example> write)
    : FieldExpression<string>(text, example => Render(example, write))
{
    private static string Render(Example example, Action<PromptBuffer, Example> write)
    {
        using var buffer = new PromptBuffer();
        write(buffer, example);
        return buffer.ToString();
    }
}
