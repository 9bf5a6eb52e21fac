using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Schedules;

/// <summary>One over the root of the steps (Vaswani et al., arXiv 1706.03762): it does not depend on how long the run will be.</summary>
[Keyword("inverse_square_root")]
public sealed record InverseSquareRoot : Schedule
{
    /// <summary>
    /// The steps after which it begins to fall as the root does. Default: those of the warm-up, or 10,000 where there is none.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int? Timescale { get; init; }

    /// <inheritdoc/>
    protected override double Decay(SchedulePlace place)
    {
        var scale = Timescale ?? (place.WarmUp > 0 ? place.WarmUp : 10_000);
        return 1 / Math.Sqrt((double)(place.Step - place.WarmUp + scale) / scale);
    }
}
