using System.Text.Json;
using TaskDsl.Disk;
using TaskDsl.Torch.Optimizers.Steps;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Training;

/// <summary>A training on disk: where it was, what it had trained, and what its optimizer remembered.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="State">Where the training was.</param>
internal sealed record Checkpoint(string Folder, TrainingState State)
{
    private const string StateFile = "state.json";

    private const string Trained = "trained.safetensors";

    private const string Optimizer = "optimizer.safetensors";

    private static readonly string[] Files = [Trained, Optimizer, StateFile];

    /// <summary>Writes the files of a checkpoint into an empty folder.</summary>
    public static void Write(string folder, TrainingState state, FlatParameters parameters, OptimizerRun optimizer)
    {
        SafetensorsFile.Write(
            Path.Combine(folder, Trained),
            parameters.Parameters.Select(p => KeyValuePair.Create(p.Key, (Tensor)p.Value))
        );
        SafetensorsFile.Write(Path.Combine(folder, Optimizer), optimizer.State);
        AtomicFile.WriteText(Path.Combine(folder, StateFile), JsonSerializer.Serialize(state, DefinitionJson.Options) + "\n");
        Checksums.Write(folder, Files);
    }

    /// <summary>Reads a checkpoint; null where there is none whose files are what they were when it was written.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="damaged">Is told of one whose files are not.</param>
    public static Checkpoint? Read(string folder, Action<string>? damaged = null)
    {
        if (!Directory.Exists(folder))
            return null;
        try
        {
            Checksums.Check(folder, Files);
            var state = JsonSerializer.Deserialize<TrainingState>(
                File.ReadAllBytes(Path.Combine(folder, StateFile)),
                DefinitionJson.Options
            );
            return new Checkpoint(folder, state ?? throw new JsonException("empty"));
        }
        catch (Exception e) when (e is JsonException or IOException or InvalidDataException)
        {
            damaged?.Invoke($"{folder} is damaged ({e.Message}) and is passed over.");
            return null;
        }
    }

    /// <summary>Puts the saved numbers back.</summary>
    public void Restore(FlatParameters parameters, OptimizerRun optimizer)
    {
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        using (var trained = SafetensorsFile.Open(Path.Combine(Folder, Trained)))
        {
            foreach (var (name, parameter) in parameters.Parameters)
                parameter.copy_(trained.Read(name, parameter.shape));
        }

        using (var saved = SafetensorsFile.Open(Path.Combine(Folder, Optimizer)))
        {
            foreach (var (name, tensor) in optimizer.State)
                tensor.copy_(saved.Read(name, tensor.shape));
        }

        // Its bias correction counts the steps that were taken, not those that float16 skipped.
        optimizer.Steps = State.Step - (State.LossScale?.Skipped ?? 0);
    }
}
