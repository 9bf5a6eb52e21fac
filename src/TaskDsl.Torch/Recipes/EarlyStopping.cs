using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Recipes;

/// <summary>When a run ends before its budget: its models no longer become better, by what <c>best</c> says.</summary>
public sealed record EarlyStopping
{
    /// <summary>How many measurements in a row (see <c>evaluation.every</c>) may bring no improvement.</summary>
    [Range(1, int.MaxValue), AlsoCalled("early_stopping_patience")]
    public int Patience { get; init; } = 3;

    /// <summary>How much better than the last improvement a measurement must be to count as one.</summary>
    [Range(0.0, 1e9)]
    public double MinDelta { get; init; }
}
