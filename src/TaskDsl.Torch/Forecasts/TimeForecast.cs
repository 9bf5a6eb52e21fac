namespace TaskDsl.Torch.Forecasts;

/// <summary>The time that a run takes, from some of its steps.</summary>
/// <param name="Steps">How many steps were timed, behind a first one that is not counted.</param>
/// <param name="PerStep">Their mean.</param>
/// <param name="Training">All steps.</param>
/// <param name="Validation">All measurements of the validation part.</param>
/// <param name="Answers">
/// The answers to the test part before and after, by one batch per task and language; null where that took too long to wait for.
/// </param>
public sealed record TimeForecast(int Steps, TimeSpan PerStep, TimeSpan Training, TimeSpan Validation, TimeSpan? Answers)
{
    /// <summary>All that is known.</summary>
    public TimeSpan Total => Training + Validation + (Answers ?? TimeSpan.Zero);
}
