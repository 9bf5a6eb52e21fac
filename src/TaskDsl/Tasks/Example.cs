using TaskDsl.Data;

namespace TaskDsl.Tasks;

/// <summary>One example of a task, whatever its types: input and gold output, with where it came from.</summary>
public abstract record Example
{
    /// <summary>The language tag.</summary>
    public string Language { get; init; } = "";

    /// <summary>The file and line that the example was read from; not part of its value.</summary>
    public RecordOrigin Origin { get; init; }

    /// <summary>The input, as the task's input type.</summary>
    public abstract object InputValue { get; }

    /// <summary>The gold output, as the task's output type.</summary>
    public abstract object OutputValue { get; }
}

/// <summary>One typed example.</summary>
/// <param name="Input">What goes in.</param>
/// <param name="Output">The gold answer.</param>
public abstract record Example<TInput, TOutput>(TInput Input, TOutput Output) : Example
    where TInput : class
    where TOutput : class
{
    /// <inheritdoc/>
    public sealed override object InputValue => Input;

    /// <inheritdoc/>
    public sealed override object OutputValue => Output;
}
