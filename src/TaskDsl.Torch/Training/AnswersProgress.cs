using System.Diagnostics;

namespace TaskDsl.Torch.Training;

/// <summary>Tells how many answers are there as a run tells of its steps, with the time that is left.</summary>
/// <param name="progress">Is told.</param>
/// <param name="phase">What the answers are for.</param>
/// <param name="all">How many there will be, where only those that are there are reported.</param>
/// <param name="part">What of a larger whole. Default: none.</param>
public sealed class AnswersProgress(IProgress<TrainingProgress> progress, RunPhase phase, int all = 0, string part = "")
    : IProgress<(int Done, int All)>,
        IProgress<int>
{
    private readonly Stopwatch watch = Stopwatch.StartNew();

    /// <inheritdoc/>
    public void Report(int value) => Report((value, all));

    /// <inheritdoc/>
    public void Report((int Done, int All) value) =>
        progress.Report(
            new TrainingProgress
            {
                Phase = phase,
                Part = part,
                Step = value.Done,
                Steps = value.All,
                Eta = value.Done == 0 ? null : watch.Elapsed * ((double)(value.All - value.Done) / value.Done),
            }
        );
}
