namespace TaskDsl.Torch.Runs;

/// <summary>A run was cancelled. What it had done is saved, and it can go on where it stopped.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="step">The steps that are saved; 0 where training had not begun.</param>
/// <param name="inner">The cancellation.</param>
public sealed class RunInterruptedException(string folder, int step, Exception? inner = null)
    : OperationCanceledException(
        File.Exists(new RunFolder(folder).Record)
            ? $"The run was interrupted; it is saved at step {step} in {folder}. Run the same recipe with --resume "
                + "(RunOptions.Resume) to go on."
            : "The run was interrupted while its data was read: nothing is lost. Start it again.",
        inner
    )
{
    /// <summary>The run's folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>The steps that are saved.</summary>
    public int Step { get; } = step;
}
