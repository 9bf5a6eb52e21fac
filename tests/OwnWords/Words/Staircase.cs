using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;

namespace OwnWords.Words;

/// <summary>The learning rate falls in equal stairs.</summary>
[Keyword("staircase")]
public sealed record Staircase : Schedule
{
    /// <summary>How many stairs there are.</summary>
    [Range(1, 1000)]
    public int Stairs { get; init; } = 4;

    /// <inheritdoc/>
    protected override double Decay(SchedulePlace place) => 1 - Math.Floor((double)place.Step / place.Steps * Stairs) / Stairs;
}
