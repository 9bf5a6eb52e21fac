using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Training;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>Tells a step's watchers how far it is.</summary>
public static class StepProgress
{
    /// <summary>Receives how many of so many are done.</summary>
    public static IProgress<int> Counting(this StepContext step, int all)
    {
        ArgumentNullException.ThrowIfNull(step);
        return new Done(step, all);
    }

    private sealed class Done(StepContext step, int all) : IProgress<int>
    {
        public void Report(int value) =>
            step.Progress.Report(
                new TrainingProgress
                {
                    Phase = RunPhase.Answering,
                    Step = value,
                    Steps = all,
                }
            );
    }
}
