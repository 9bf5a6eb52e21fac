using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Recipes;

/// <summary>When a run is saved.</summary>
public sealed record CheckpointPlan
{
    /// <summary>Optimizer steps between two checkpoints. Default: ten times in a run.</summary>
    [Range(1, int.MaxValue), AlsoCalled("save_steps")]
    public int? Every { get; init; }

    /// <summary>How many checkpoints are kept; older ones are removed.</summary>
    [Range(1, 1000), AlsoCalled("save_total_limit")]
    public int Keep { get; init; } = 2;
}
