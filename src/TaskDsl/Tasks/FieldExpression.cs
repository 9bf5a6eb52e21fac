using TaskDsl.Data;
using TaskDsl.Vocabulary;

namespace TaskDsl.Tasks;

/// <summary>
/// Something that is computed from an example's fields. In YAML it is written in the Scriban language, over the names of the task's fields
/// and <c>language</c>; the compiler types it and writes it as C#. In C# it is a lambda.
/// </summary>
public abstract class FieldExpression : IExpression
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
