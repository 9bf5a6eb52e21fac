using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Schedules;

/// <summary>The highest learning rate for most of the run, and a quick fall at its end (Hu et al., arXiv 2404.06395).</summary>
[Keyword("wsd")]
public sealed record Wsd : Schedule
{
    /// <summary>The share of the run in which the learning rate falls.</summary>
    [Range(0.0, 1.0)]
    public double DecayShare { get; init; } = 0.1;

    /// <summary>How it falls.</summary>
    public DecayForm Form { get; init; } = DecayForm.OneMinusSquareRoot;

    /// <summary>The share of the highest learning rate that is left at the end.</summary>
    [Range(0.0, 1.0)]
    public double End { get; init; }

    /// <inheritdoc/>
    protected override double Decay(SchedulePlace place)
    {
        var falling = Math.Min(place.Steps - place.WarmUp, (int)Math.Round(DecayShare * place.Steps));
        var progress = Math.Clamp((double)(place.Step - (place.Steps - falling)) / Math.Max(1, falling), 0, 1);
        return End
            + (1 - End)
                * Form switch
                {
                    DecayForm.Linear => 1 - progress,
                    DecayForm.Cosine => 0.5 * (1 + Math.Cos(Math.PI * progress)),
                    DecayForm.OneMinusSquareRoot => 1 - Math.Sqrt(progress),
                    _ => throw new InvalidOperationException($"no form {Form}"),
                };
    }
}

/// <summary>How a learning rate falls.</summary>
public enum DecayForm
{
    /// <summary>In a straight line.</summary>
    Linear,

    /// <summary>As half a cosine.</summary>
    Cosine,

    /// <summary>1 − √progress (Hägele et al., arXiv 2405.18392).</summary>
    OneMinusSquareRoot,
}
