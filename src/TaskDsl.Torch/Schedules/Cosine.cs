using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Schedules;

/// <summary>Half a cosine from 1 to 0 (Loshchilov and Hutter, arXiv 1608.03983).</summary>
[Keyword("cosine")]
public sealed record Cosine : Schedule
{
    /// <inheritdoc/>
    protected override double Decay(SchedulePlace place) => 0.5 * (1 + Math.Cos(Math.PI * place.Progress));
}
