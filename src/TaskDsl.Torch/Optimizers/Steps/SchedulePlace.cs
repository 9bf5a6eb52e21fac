namespace TaskDsl.Torch.Optimizers.Steps;

/// <summary>Where a run is, behind its warm-up.</summary>
/// <param name="Step">The step, from 0.</param>
/// <param name="WarmUp">The steps of the warm-up.</param>
/// <param name="Steps">The steps of the whole run.</param>
public readonly record struct SchedulePlace(int Step, int WarmUp, int Steps)
{
    /// <summary>How far the run is behind the warm-up, in [0, 1].</summary>
    public double Progress => Math.Min(1, (double)(Step - WarmUp) / Math.Max(1, Steps - WarmUp));
}
