using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Schedules;

/// <summary>A power of what is left of the run, from 1 down to an end.</summary>
[Keyword("polynomial")]
public sealed record Polynomial : Schedule
{
    /// <summary>The exponent: 1 is a straight line, 2 falls faster at first.</summary>
    [Range(1e-3, 100.0)]
    public double Power { get; init; } = 2;

    /// <summary>The share of the highest learning rate that is left at the end.</summary>
    [Range(0.0, 1.0)]
    public double End { get; init; }

    /// <inheritdoc/>
    protected override double Decay(SchedulePlace place) => End + (1 - End) * Math.Pow(1 - place.Progress, Power);
}
