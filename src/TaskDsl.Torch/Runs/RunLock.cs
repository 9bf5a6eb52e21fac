using TaskDsl.Torch.Evaluation;

namespace TaskDsl.Torch.Runs;

/// <summary>
/// A run's folder belongs to one process at a time. The system holds the lock for the process and lets it go when the process ends,
/// however it ends; the file that stays behind means nothing.
/// </summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string Name = ".lock";

    private readonly FileStream file;

    private RunLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock of an existing folder.</summary>
    /// <exception cref="RunException">Another run has it.</exception>
    public static RunLock Take(string folder)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            return new RunLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException e) when (File.Exists(path) && !RunStorageException.IsFull(e))
        {
            throw new RunException(
                $"Another run is going on in {folder}, in this process or another. Wait until it has ended, or give this run "
                    + "another folder (train --out, RunOptions.RunsDirectory).",
                e
            );
        }
    }

    public void Dispose() => file.Dispose();
}
