using System.ComponentModel.DataAnnotations;
using Papers.Sources;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Vocabulary;

namespace Papers.Measures;

/// <summary>
/// How much of what is new some texts show. A column for each step that has made texts.
/// </summary>
[Keyword("novelty"), Makes("table", Columns = nameof(Examples), Numbers = nameof(Numbers))]
public sealed record Novelty : Step
{
    /// <summary>The task of the texts, whose only field is the text.</summary>
    public required DslTask Task { get; init; }

    /// <summary>The texts, by the steps that have made them.</summary>
    [StepResult("examples"), Length(1, 1000)]
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>What is measured.</summary>
    [Distinct, Length(1, 2)]
    public required IReadOnlyList<Shown> Numbers { get; init; }

    /// <inheritdoc/>
    public override void Shape(StepShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        shape.AddTask(Task);
    }

    /// <inheritdoc/>
    public override void Run(StepContext step)
    {
        ArgumentNullException.ThrowIfNull(step);
        step.Write(new StepTable(Examples.ToDictionary(StepTable.ColumnOf, named => Report([.. step.Read(Task, [named])]))));
    }

    private EvaluationReport Report(IReadOnlyList<Example> texts)
    {
        int[] found = [.. texts.Select(text => Passages.CipherOf(Task.Items(text.OutputValue)[0].Value)).Where(cipher => cipher > 0)];
        return new EvaluationReport([
            new TaskReport
            {
                Prompt = Task.Name,
                Task = Task.Name,
                Language = Task.Languages[0],
                Examples = texts.Count,
                Unparsed = 0,
                Metrics = [.. Numbers.Select(number => new MetricScore(SnakeCase.Of($"{number}"), Of(number), double.NaN, double.NaN))],
                Samples = [],
            },
        ]);

        double Of(Shown number) =>
            number == Shown.Detection ? (double)found.Length / texts.Count : (double)found.Distinct().Count() / Passages.Ciphers;
    }
}

/// <summary>What texts show of what is new.</summary>
public enum Shown
{
    /// <summary>The share of them that is in a cipher.</summary>
    Detection,

    /// <summary>The share of all ciphers that occur among them.</summary>
    Coverage,
}
