using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Evaluation;

/// <summary>How answers are produced and measured.</summary>
public sealed record EvaluationPlan
{
    /// <summary>Optimizer steps between two measurements of the validation loss. Default: ten times in a run.</summary>
    [Range(1, int.MaxValue)]
    public int? Every { get; init; }

    /// <summary>Answers decoded at a time.</summary>
    [DoesNotShape(UnlessAnswersChoose = true), Range(1, 4096)]
    public int Rows { get; init; } = 32;

    /// <summary>The most tokens of an answer; a constrained answer is closed properly within them.</summary>
    [DoesNotShape(UnlessAnswersChoose = true), Range(1, 65536)]
    public int MaxNewTokens { get; init; } = 128;

    /// <summary>Whether decoding may only produce what the task's format can parse.</summary>
    [DoesNotShape(UnlessAnswersChoose = true)]
    public bool Constrained { get; init; } = true;

    /// <summary>Measures at most so many test examples per task and language, drawn the same in every run. Default: all.</summary>
    [DoesNotShape, Range(1, int.MaxValue)]
    public int? Limit { get; init; }
}
