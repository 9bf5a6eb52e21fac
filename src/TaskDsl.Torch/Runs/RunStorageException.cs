using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Training;

namespace TaskDsl.Torch.Runs;

/// <summary>The disk is full. The run's last checkpoint is whole, and the run can go on from it once there is space.</summary>
public sealed class RunStorageException : RunException
{
    internal RunStorageException(string folder, Exception inner)
        : this(folder, new CheckpointFolder(new RunFolder(folder).Checkpoints).Newest(), inner) { }

    private RunStorageException(string folder, Checkpoint? last, Exception inner)
        : base(
            $"The disk is full: {inner.Message.TrimEnd('.')}.\n"
                + (
                    last is { } good
                        ? $"The run in {folder} is saved at step {good.State.Step}, in {good.Folder}, which takes "
                            + $"{Bytes(good.Folder) / 1e6:0.0} MB. Free some space (checkpoints.keep: 1 keeps one of them), then run "
                            + "the same recipe with --resume (RunOptions.Resume) to go on."
                    : File.Exists(new RunFolder(folder).Record)
                        ? $"No checkpoint of the run in {folder} was written yet. Free some space, then run the same recipe with "
                            + "--resume (RunOptions.Resume)."
                    : "Training had not begun. Free some space and start the run again."
                ),
            inner
        ) => (Folder, Step) = (folder, last?.State.Step ?? 0);

    private RunStorageException(string message, string folder, Exception inner)
        : base(message, inner) => Folder = folder;

    /// <summary>The run's or step's folder.</summary>
    public string Folder { get; }

    /// <summary>The steps that are saved.</summary>
    public int Step { get; }

    /// <summary>Of a pipeline's step, however deep in it: a run in it goes on by itself when the pipeline does.</summary>
    internal static RunStorageException OfStep(string step, string folder, Exception inner)
    {
        var full = inner;
        while (full is RunStorageException)
            full = full.InnerException!;
        return new RunStorageException(
            $"step '{step}': The disk is full: {full.Message.TrimEnd('.')}.\nWhat is finished is kept, and a run's last checkpoint. "
                + "Free some space, then run the pipeline again: it goes on.",
            folder,
            inner
        );
    }

    /// <summary>
    /// Whether a file could not be written because there is no room for it: on the disk, in the quota, or by the limit of a file's size.
    /// </summary>
    /// <param name="e">The failure, or one that tells of it in other words.</param>
    public static bool IsFull(Exception? e) =>
        e is not null
        && (
            e is IOException
                && (
                    OperatingSystem.IsWindows()
                        ? (e.HResult & 0xFFFF) is 112 or 39 // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL
                        : e.HResult is 28 or 122 or 27
                )
            || IsFull(e.InnerException)
        ); // ENOSPC, EDQUOT, EFBIG

    private static long Bytes(string folder) => Directory.GetFiles(folder).Sum(file => new FileInfo(file).Length);
}
