using System.Globalization;
using System.Text.Json;
using TaskDsl.Disk;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Runs;

/// <summary>The files of a run.</summary>
/// <param name="path">The folder.</param>
public sealed class RunFolder(string path)
{
    /// <summary>The folder.</summary>
    public string Path { get; } = path;

    /// <summary>The recipe as executed, versions, data, device.</summary>
    public string Record => In("run.json");

    /// <summary>Numbers per step, the same bytes in every run of a recipe on the CPU.</summary>
    public string Metrics => In(MetricLog.MetricsFile);

    /// <summary>What the clock says per step.</summary>
    public string Times => In(MetricLog.TimesFile);

    /// <summary>The lines of both.</summary>
    public IEnumerable<string> Numbers => new[] { Metrics, Times }.Where(File.Exists).SelectMany(File.ReadLines);

    /// <summary>What the answers are worth, before and after.</summary>
    public string Evaluation => In("evaluation.json");

    /// <summary>The checkpoints.</summary>
    public string Checkpoints => In("checkpoints");

    /// <summary>The step that the run can go on from; 0 for its beginning.</summary>
    internal int SavedStep => new CheckpointFolder(Checkpoints).Newest()?.State.Step ?? 0;

    /// <summary>The best model or adapter of the run.</summary>
    public string Best => In("best");

    /// <summary>
    /// Opens the folder of a run: the one that is there to resume it, else a new one. An earlier run is moved aside. As long as the lock
    /// is held, no other run can open it.
    /// </summary>
    internal static (RunFolder Folder, RunLock Lock) Open(string runs, string name, bool resume)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(runs), name);
        if (resume && !File.Exists(System.IO.Path.Combine(path, "run.json")))
            throw new RunException(
                $"There is no run to resume in {path}: it never began, or ended before its data was read. Start it without --resume."
            );
        DiskFolder.Create(path);
        var held = RunLock.Take(path);
        try
        {
            if (!resume && Directory.EnumerateFileSystemEntries(path).Any(entry => System.IO.Path.GetFileName(entry) != RunLock.Name))
            {
                var number = 1;
                while (Directory.Exists(Aside(number)))
                    number++;
                Directory.Move(path, Aside(number));
                held.Dispose();
                DiskFolder.Create(path);
                held = RunLock.Take(path);
            }

            foreach (var left in Directory.GetFiles(path, "*.tmp"))
                File.Delete(left); // What a kill left half written.
            return (new RunFolder(path), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }

        string Aside(int number) => string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");
    }

    /// <summary>Writes a value as JSON, as a whole or not at all.</summary>
    public static void Write<T>(string path, T value, JsonSerializerOptions? options = null) =>
        AtomicFile.WriteText(path, JsonSerializer.Serialize(value, options ?? DefinitionJson.Options) + "\n");

    /// <summary>Reads a value that was written as JSON.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public static T Read<T>(string path, JsonSerializerOptions? options = null)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), options ?? DefinitionJson.Options)
                ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new RunException($"{path}: error: this is not what a run writes: {e.Message}", e);
        }
    }

    /// <summary>Reads <see cref="Evaluation"/>; nothing was measured where it is not there.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public RunEvaluation ReadEvaluation() => File.Exists(Evaluation) ? Read<RunEvaluation>(Evaluation) : new RunEvaluation(null, null);

    private string In(string file) => System.IO.Path.Combine(Path, file);
}
