using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Evaluation;

/// <summary>How answers are produced and measured.</summary>
public sealed record EvaluationPlan : GenerationPlan
{
    /// <summary>Optimizer steps between two measurements of the validation loss. Default: ten times in a run.</summary>
    [Range(1, int.MaxValue), AlsoCalled("eval_steps")]
    public int? Every { get; init; }

    /// <summary>Measures at most so many test examples per task and language, drawn the same in every run. Default: all.</summary>
    [DoesNotShape, Range(1, int.MaxValue)]
    public int? Limit { get; init; }
}
