using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Sentences;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Selecting;

/// <summary>
/// Those that are about as long as other examples (SELF-GUIDE, arXiv 2407.12874): the length of a text, in characters, lies within so many
/// standard deviations of the mean of theirs.
/// </summary>
[Keyword("length_like")]
public sealed record LengthLike : Selection
{
    /// <summary>Whose lengths are the measure: examples that steps have made, and <c>gold</c>, the task's own training part.</summary>
    [StepResult("examples", Also = NamedExamples.Gold), Length(1, 1000)]
    public required IReadOnlyList<string> As { get; init; }

    /// <summary>The text: an expression over the fields. Default: all the texts of the input, a line each.</summary>
    public TextExpression? Of { get; init; }

    /// <summary>How many standard deviations, of those lengths as a whole population, a length may lie from their mean.</summary>
    [Range(0.0, 100.0)]
    public double Deviations { get; init; } = 2;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Choose(StepContext step, DslTask task, IReadOnlyList<Example> pool)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(pool);
        double[] usual = [.. step.Read(task, As).Select(Length)];
        if (usual.Length == 0)
            throw new RunException($"length_like: {string.Join(", ", As)} are no examples, whose lengths could be the measure.");
        var mean = usual.Average();
        var deviation = Math.Sqrt(usual.Average(length => (length - mean) * (length - mean)));
        return [.. Enumerable.Range(0, pool.Count).Where(i => Math.Abs(Length(pool[i]) - mean) <= Deviations * deviation)];

        double Length(Example example) => ExampleText.Of(Of, task, example).EnumerateRunes().Count();
    }
}
