using System.Globalization;
using TaskDsl.Disk;
using TaskDsl.Torch.Optimizers.Steps;

namespace TaskDsl.Torch.Training;

/// <summary>The checkpoints of a training, the newest of which it goes on from.</summary>
/// <param name="path">Their folder; it need not be there yet.</param>
internal sealed class CheckpointFolder(string path)
{
    /// <summary>
    /// Writes a checkpoint beside the others, flushes it to the disk and renames it into place: killed at any instant, the run keeps
    /// its last whole one. Then removes the oldest ones.
    /// </summary>
    /// <param name="state">Where the training is.</param>
    /// <param name="parameters">What it trains.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="keep">How many checkpoints are kept.</param>
    public void Save(TrainingState state, FlatParameters parameters, OptimizerRun optimizer, int keep)
    {
        var folder = Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"step-{state.Step}"));
        if (Checkpoint.Read(folder) is not null)
            return; // Resumed there and stopped again at once: it is the same checkpoint.
        DiskFolder.Create(path);
        foreach (var left in Directory.GetDirectories(path, "*.tmp"))
            Directory.Delete(left, recursive: true);
        var beside = folder + ".tmp";
        Directory.CreateDirectory(beside);
        try
        {
            Checkpoint.Write(beside, state, parameters, optimizer);
        }
        catch
        {
            Directory.Delete(beside, recursive: true); // On a full disk it would be in the way of what is to be saved next.
            throw;
        }

        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.Move(beside, folder);
        DiskFolder.Flush(path);
        Rotate(state.Step, keep);
    }

    /// <summary>The newest checkpoint whose files are what they were when it was written; null for none.</summary>
    /// <param name="damaged">Is told of newer ones that are not.</param>
    public Checkpoint? Newest(Action<string>? damaged = null) =>
        All().Select(c => Checkpoint.Read(c.Folder, damaged)).FirstOrDefault(checkpoint => checkpoint is not null);

    /// <summary>
    /// Removes what is older than those to be kept, and what is newer than the last one: that was damaged, or the run would have gone on
    /// from it.
    /// </summary>
    private void Rotate(int last, int keep)
    {
        var all = All().ToList();
        foreach (var (_, folder) in all.Where(c => c.Step > last).Concat(all.Where(c => c.Step <= last).Skip(keep)))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>All of them, the newest first.</summary>
    private IEnumerable<(int Step, string Folder)> All() =>
        Directory.Exists(path)
            ? Directory
                .GetDirectories(path, "step-*")
                .Select(f => (Step: StepOf(f), f))
                .Where(c => c.Step >= 0)
                .OrderByDescending(c => c.Step)
            : [];

    private static int StepOf(string folder) =>
        int.TryParse(Path.GetFileName(folder).AsSpan("step-".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? step
            : -1;
}
