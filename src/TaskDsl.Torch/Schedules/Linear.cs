using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Schedules;

/// <summary>A straight line from 1 to 0.</summary>
[Keyword("linear")]
public sealed record Linear : Schedule
{
    /// <inheritdoc/>
    protected override double Decay(SchedulePlace place) => 1 - place.Progress;
}
