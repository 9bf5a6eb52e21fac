using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Optimizers.Steps;

/// <summary>How the learning rate changes over a run. Each schedule is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Schedule
{
    /// <summary>The share of the run in which the learning rate rises linearly from 0 to its highest.</summary>
    [Range(0.0, 1.0), AlsoCalled("warmup", "warmup_ratio")]
    public double WarmUp { get; init; } = 0.05;

    /// <summary>The same in steps; where it is given, <see cref="WarmUp"/> does not count.</summary>
    [Range(0, int.MaxValue), AlsoCalled("warmup_steps", "num_warmup_steps")]
    public int? WarmUpSteps { get; init; }

    /// <summary>The factor in [0, 1] of the learning rate for one step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">The steps of the whole run.</param>
    public double Factor(int step, int steps)
    {
        var warm = WarmUpSteps ?? (int)Math.Round(WarmUp * steps);
        // From 0, as transformers' schedules: the first step of a warm-up changes nothing.
        return step < warm ? (double)step / Math.Max(1, warm) : Decay(new SchedulePlace(step, warm, steps));
    }

    /// <summary>The factor after the warm-up.</summary>
    /// <param name="place">Where the run is.</param>
    protected abstract double Decay(SchedulePlace place);
}
