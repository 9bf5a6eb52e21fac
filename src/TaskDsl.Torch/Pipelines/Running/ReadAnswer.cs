using System.Text;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What a ready answer says.</summary>
public sealed record ReadAnswer
{
    /// <summary>The answer, of the task's output type; null where it is none.</summary>
    public object? Output { get; init; }

    /// <summary>
    /// The answer as comparable items, where the task's output type cannot hold what was written, as an entity that does not stand in the
    /// text.
    /// </summary>
    public IReadOnlyList<OutputItem>? Items { get; init; }

    /// <summary>What it is counted under where it is no answer: one of few reasons; null where it is one.</summary>
    public string? Fault { get; init; }

    /// <summary>What is wrong with this one.</summary>
    public string? Detail { get; init; }

    /// <summary>An answer in the task's own format.</summary>
    public static ReadAnswer Parsed(DslTask task, string text, Example example)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(example);
        return task.TryParseOutput(Encoding.UTF8.GetBytes(text), example.InputValue, example.Language, out var output, out var error)
            ? new ReadAnswer { Output = output }
            : No("the answer does not parse", error);
    }

    /// <summary>What is no answer.</summary>
    /// <param name="reason">What it is counted under.</param>
    /// <param name="detail">What is wrong with this one; the reason itself by default.</param>
    public static ReadAnswer No(string reason, string? detail = null) => new() { Fault = reason, Detail = detail ?? reason };
}
