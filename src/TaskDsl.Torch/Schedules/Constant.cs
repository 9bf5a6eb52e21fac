using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Schedules;

/// <summary>The highest learning rate throughout.</summary>
[Keyword("constant")]
public sealed record Constant : Schedule
{
    /// <inheritdoc/>
    protected override double Decay(SchedulePlace place) => 1;
}
