using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TaskDsl.Disk;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Training;

/// <summary>
/// What a run needs to go on as if it had never stopped, besides its recipe and data. Data order, phrasings and all else that is
/// drawn follow from the seed and the place in the stream, so no random state needs saving.
/// </summary>
public sealed record Checkpoint
{
    private const string State = "state.json";

    /// <summary>The SHA-256 of each of a checkpoint's files, as <c>sha256sum --check</c> reads it.</summary>
    private const string Sums = "SHA256SUMS";

    private const string Trained = "trained.safetensors";

    private const string Optimizer = "optimizer.safetensors";

    private static readonly string[] Files = [Trained, Optimizer, State];

    /// <summary>Steps done, those that float16 skipped included.</summary>
    public required int Step { get; init; }

    /// <summary>The place of the next step in the stream.</summary>
    public required StreamPosition Next { get; init; }

    /// <summary>Tokens trained on so far.</summary>
    public long Tokens { get; init; }

    /// <summary>The last step whose model was measured on the validation part; -1 for none.</summary>
    public int Measured { get; init; } = -1;

    /// <summary>The best score so far, the larger the better; null before the first.</summary>
    public double? BestScore { get; init; }

    /// <summary>The step that had it; 0 for none.</summary>
    public int BestStep { get; init; }

    /// <summary>Its validation loss.</summary>
    public double? BestLoss { get; init; }

    /// <summary>The score that early stopping wants to see beaten.</summary>
    public double? LastImprovement { get; init; }

    /// <summary>How many measurements in a row have not beaten it.</summary>
    public int Unimproved { get; init; }

    /// <summary>Whether early stopping has ended the run.</summary>
    public bool Stopped { get; init; }

    /// <summary>What float16's losses are multiplied by; null in other numbers.</summary>
    public LossScale? LossScale { get; init; }

    /// <summary>How long the logs were.</summary>
    public required LogPlace Log { get; init; }

    /// <summary>
    /// Writes a checkpoint beside the others, flushes it to the disk and renames it into place: killed at any instant, the run keeps
    /// its last whole one. Then removes the oldest ones.
    /// </summary>
    /// <returns>The checkpoint's folder.</returns>
    public string Save(string checkpoints, FlatParameters parameters, OptimizerRun optimizer, int keep)
    {
        var folder = Path.Combine(checkpoints, string.Create(CultureInfo.InvariantCulture, $"step-{Step}"));
        if (Read(folder) is not null)
            return folder; // Resumed there and stopped again at once: it is the same checkpoint.
        DiskFolder.Create(checkpoints);
        foreach (var left in Directory.GetDirectories(checkpoints, "*.tmp"))
            Directory.Delete(left, recursive: true);
        var beside = folder + ".tmp";
        Directory.CreateDirectory(beside);
        try
        {
            SafetensorsFile.Write(
                Path.Combine(beside, Trained),
                parameters.Parameters.Select(p => KeyValuePair.Create(p.Key, (Tensor)p.Value))
            );
            SafetensorsFile.Write(Path.Combine(beside, Optimizer), optimizer.State);
            AtomicFile.WriteText(Path.Combine(beside, State), JsonSerializer.Serialize(this, DefinitionJson.Options) + "\n");
            AtomicFile.WriteText(
                Path.Combine(beside, Sums),
                string.Concat(Files.Select(file => $"{Sum(Path.Combine(beside, file))}  {file}\n"))
            );
        }
        catch
        {
            Directory.Delete(beside, recursive: true); // On a full disk it would be in the way of what is to be saved next.
            throw;
        }

        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.Move(beside, folder);
        DiskFolder.Flush(checkpoints);
        Rotate(checkpoints, keep);
        return folder;
    }

    /// <summary>The newest checkpoint whose files are what they were when it was written.</summary>
    /// <param name="checkpoints">The run's checkpoints.</param>
    /// <param name="damaged">Is told of newer ones that are not.</param>
    public static (Checkpoint Checkpoint, string Folder)? Newest(string checkpoints, Action<string>? damaged = null)
    {
        foreach (var (_, folder) in All(checkpoints))
            if (Read(folder, damaged) is { } checkpoint)
                return (checkpoint, folder);
        return null;
    }

    /// <summary>Puts the saved numbers back.</summary>
    public void Restore(string folder, FlatParameters parameters, OptimizerRun optimizer)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        using (var trained = SafetensorsFile.Open(Path.Combine(folder, Trained)))
        {
            foreach (var (name, parameter) in parameters.Parameters)
                parameter.copy_(trained.Read(name, parameter.shape));
        }

        using (var state = SafetensorsFile.Open(Path.Combine(folder, Optimizer)))
        {
            foreach (var (name, tensor) in optimizer.State)
                tensor.copy_(state.Read(name, tensor.shape));
        }

        optimizer.Steps = Step - (LossScale?.Skipped ?? 0);
    }

    /// <summary>Removes what is older than those to be kept, and what is newer than this one: that was damaged, or the run would have gone on from it.</summary>
    private void Rotate(string checkpoints, int keep)
    {
        var all = All(checkpoints);
        foreach (var (_, folder) in all.Where(c => c.Step > Step).Concat(all.Where(c => c.Step <= Step).Skip(keep)))
            Directory.Delete(folder, recursive: true);
    }

    private static Checkpoint? Read(string folder, Action<string>? damaged = null)
    {
        if (!Directory.Exists(folder))
            return null;
        try
        {
            var sums = File.ReadAllLines(Path.Combine(folder, Sums));
            foreach (var file in Files)
                if (!sums.Contains($"{Sum(Path.Combine(folder, file))}  {file}"))
                    throw new InvalidDataException($"{file} is not what was written");
            return JsonSerializer.Deserialize<Checkpoint>(File.ReadAllBytes(Path.Combine(folder, State)), DefinitionJson.Options)
                ?? throw new JsonException("empty");
        }
        catch (Exception e) when (e is JsonException or IOException or InvalidDataException)
        {
            damaged?.Invoke($"{folder} is damaged ({e.Message}) and is passed over.");
            return null;
        }
    }

    private static (int Step, string Folder)[] All(string checkpoints) =>
        !Directory.Exists(checkpoints)
            ? []
            :
            [
                .. Directory
                    .GetDirectories(checkpoints, "step-*")
                    .Select(folder =>
                        (
                            Step: int.TryParse(
                                Path.GetFileName(folder).AsSpan(5),
                                NumberStyles.None,
                                CultureInfo.InvariantCulture,
                                out var step
                            )
                                ? step
                                : -1,
                            Folder: folder
                        )
                    )
                    .Where(c => c.Step >= 0)
                    .OrderByDescending(c => c.Step),
            ];

    private static string Sum(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
