using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TaskDsl.Disk;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Training;

/// <summary>
/// A run's numbers, step by step: <c>metrics.jsonl</c>, whose bytes are the same in every run of a recipe; <c>times.jsonl</c>, which says
/// what the clock said; and both as an event file for TensorBoard.
/// </summary>
internal sealed class MetricLog : IDisposable
{
    /// <summary>Numbers that follow from the recipe alone.</summary>
    public const string MetricsFile = "metrics.jsonl";

    /// <summary>Numbers that differ from run to run.</summary>
    public const string TimesFile = "times.jsonl";

    private static readonly JsonSerializerOptions Line = new(DefinitionJson.Options) { WriteIndented = false };
    private readonly FileStream metrics,
        times;
    private readonly EventFile events;
    private readonly string folder;

    /// <summary>Opens the log to go on at a place; what it says of later steps (from before an interruption) is cut off.</summary>
    public MetricLog(string folder, LogPlace at, int step)
    {
        this.folder = folder;
        metrics = Open(Metrics, at.Metrics);
        try
        {
            times = Open(Path.Combine(folder, TimesFile), at.Times);
            events = new EventFile(folder, step);
        }
        catch
        {
            metrics.Dispose();
            times?.Dispose();
            throw;
        }
    }

    private string Metrics => Path.Combine(folder, MetricsFile);

    /// <summary>Writes numbers that follow from the recipe alone.</summary>
    public void Write(int step, params ReadOnlySpan<(string Name, double Value)> numbers) => Write(metrics, step, numbers);

    /// <summary>Writes numbers that differ from run to run.</summary>
    public void WriteTimes(int step, params ReadOnlySpan<(string Name, double Value)> numbers) => Write(times, step, numbers);

    /// <summary>Flushes everything to the disk.</summary>
    /// <returns>Where a run goes on writing that is resumed from here.</returns>
    /// <exception cref="RunException">The folder holds another log than this one, or none: what is written reaches nobody.</exception>
    public LogPlace Flush()
    {
        if (new FileInfo(Metrics) is not { Exists: true } file || file.Length != metrics.Position)
            throw new RunException(
                $"{Metrics} is no longer the file that this run writes: its folder was removed or moved, or somebody else writes "
                    + "there. The run ends here. Put the folder back and run the same recipe with --resume (RunOptions.Resume), or "
                    + "start it again."
            );
        metrics.Flush(flushToDisk: true);
        times.Flush(flushToDisk: true);
        DiskFolder.Flush(folder);
        return new LogPlace(metrics.Position, times.Position);
    }

    public void Dispose()
    {
        metrics.Dispose();
        times.Dispose();
        events.Dispose();
    }

    private void Write(FileStream stream, int step, ReadOnlySpan<(string Name, double Value)> numbers)
    {
        var json = new JsonObject { ["step"] = step };
        foreach (var (name, value) in numbers)
            json[name] = JsonSerializer.SerializeToNode(value, Line);
        stream.Write(Encoding.UTF8.GetBytes(json.ToJsonString(Line) + "\n"));
        events.Write(step, numbers);
        events.Flush();
    }

    /// <summary>Opens without a buffer: a line that was written is the system's, whatever becomes of the process.</summary>
    private static FileStream Open(string path, long length)
    {
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        var end = Math.Min(length, stream.Length);
        if (stream.Length < length) // Somebody shortened it: what is left of its last line would spoil the next.
            while (end > 0 && ByteBefore(end) != '\n')
                end--;
        stream.SetLength(end);
        stream.Position = end;
        return stream;

        int ByteBefore(long position)
        {
            stream.Position = position - 1;
            return stream.ReadByte();
        }
    }
}
