using System.ComponentModel.DataAnnotations;
using TaskDsl.Prompts;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>Where the worked examples of a step come from; how many are shown, the prompt says.</summary>
public sealed record StepDemonstrations
{
    /// <summary>
    /// What they are of: examples that steps have made, and <c>gold</c>, the task's own training part. Default: <c>[gold]</c>.
    /// </summary>
    [Shorthand, StepResult("examples", Also = NamedExamples.Gold), Length(1, 1000)]
    public IReadOnlyList<string> From { get; init; } = [NamedExamples.Gold];

    /// <summary>
    /// An index of these examples: each question is shown those that are nearest to it, the nearest last. One with the question's own text
    /// is passed over. Default: the prompt's <c>choose</c> decides.
    /// </summary>
    [StepResult("index")]
    public string? Similar { get; init; }

    /// <summary>What is wrong where a prompt shows none at all; null where it shows some.</summary>
    public static string? Fault(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return prompt.Demonstrations.Count > 0 ? null : $"the prompt '{prompt.Name}' shows none; say how many in it, as demonstrations: 4.";
    }
}
