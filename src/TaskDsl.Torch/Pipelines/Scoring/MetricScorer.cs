using System.Buffers;
using System.ComponentModel.DataAnnotations;
using TaskDsl.Metrics.Counting;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Scoring;

/// <summary>
/// A metric of the example's answer against that of another example with the same input, as a model's answer against gold. Of several such
/// the one counts that it is nearest to; an example without any is left out and counted.
/// </summary>
[Keyword("metric")]
public sealed record MetricScorer : Scorer
{
    /// <summary>The metric, of this one answer.</summary>
    [Shorthand]
    public required Metric Is { get; init; }

    /// <summary>What is taken for right: examples that steps have made, and <c>gold</c>, the task's own training part.</summary>
    [StepResult("examples", Also = NamedExamples.Gold), Length(1, 1000)]
    public IReadOnlyList<string> Against { get; init; } = [NamedExamples.Gold];

    /// <inheritdoc/>
    public override void Shape(StepShape shape, DslTask task)
    {
        var measures = Attribute.GetCustomAttribute(Is.GetType(), typeof(MeasuresAttribute)) as MeasuresAttribute;
        if (measures is not null && !(task.OutputFields is [var only] && measures.Types.Contains(Type(only))))
            throw new RunException(
                $"score: {Words.WordOf(Is.GetType())} is for answers of the type {string.Join(", ", measures.Types)}, and the task "
                    + $"'{task.Name}' answers by {string.Join(", ", task.OutputFields.Select(f => $"'{f.Name}' ({f.Type})"))}."
            );

        static string Type(FieldInfo field) => field.Type.TrimEnd('?');
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ScoredExample> Score(StepContext step, DslTask task, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(task);
        var json = new ArrayBufferWriter<byte>();
        var right = step.Read(task, Against).ToLookup(Input, example => example.OutputValue);
        return [.. examples.Select(example => Of(task, example, right[Input(example)]))];

        string Input(Example example)
        {
            json.ResetWrittenCount();
            task.WriteInput(json, example.InputValue);
            return $"{example.Language} {System.Text.Encoding.UTF8.GetString(json.WrittenSpan)}";
        }
    }

    private ScoredExample Of(DslTask task, Example example, IEnumerable<object> right)
    {
        double[] scores = [.. right.Select(gold => Is.Score([Answer.Of(task, gold, example.OutputValue) with { Example = example }]))];
        return scores.Length == 0
            ? ScoredExample.None("nothing has its input to score it against")
            : new ScoredExample(Is.HigherIsBetter ? scores.Max() : scores.Min());
    }
}
