using TaskDsl.HuggingFace;
using TaskDsl.Torch.Opening.Loading;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Runs;

/// <summary>Models of which some are the best of a run.</summary>
public static class RunModel
{
    /// <summary>
    /// Opens one, or a fusion of several; a run's answers on a GPU as the run did: in the numbers that it was trained in, and with its
    /// TF32.
    /// </summary>
    /// <param name="folder">The model's folder; its run's is the one around it.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="ModelException">The folder is missing, broken or of a kind that is not supported.</exception>
    public static LoadedModel Open(string folder, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (FusionFolder.IsFusion(folder))
            return FusionFolder.Read(folder).Open(model => Open(model, device));
        var run = new RunFolder(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder)) ?? folder);
        var record = device.type == TorchSharp.DeviceType.CUDA && File.Exists(run.Record) ? RunRecord.Read(run) : null;
        var model = LoadedModel.Load(folder, device, answersIn: record?.TrainsIn);
        model.Tf32 = record?.Tf32;
        return model;
    }
}
