using System.Globalization;
using TaskDsl.Disk;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Exporting.Writing;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Vocabulary;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Exporting;

/// <summary>
/// An adapter's folder in PEFT's layout, alone: it names the model that it belongs to by its hub's name, or by its path from the root; and
/// a model card (<c>README.md</c>).
/// </summary>
[Keyword("peft")]
public sealed record PeftFormat : ExportFormat
{
    /// <inheritdoc/>
    public override bool IsOfAdapter => true;

    /// <inheritdoc/>
    public override ExportOutcome Write(ExportedModel model, string folder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Model.Adapter!.Save(folder, Path.GetFullPath(model.Chain[^1]));
        WordFiles.ChatFormat.Write(folder, WordFiles.ChatFormat.Read(model.Chain[0]));
        WordFiles.BaseWeights.Write(folder, WordFiles.BaseWeights.Read(model.Chain[0]));
        AtomicFile.WriteText(Path.Combine(folder, "README.md"), model.Card);
        const string Weights = "adapter_model.safetensors";
        using var own = SafetensorsFile.Open(Path.Combine(model.Chain[0], Weights));
        using var written = SafetensorsFile.Open(Path.Combine(folder, Weights));
        foreach (var (name, entry) in own.Tensors)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            if (!written.Read(name, [.. entry.Shape]).eq(own.Read(name).to(written.Check(name).Type)).all().ToBoolean())
                throw new ModelException($"{written.Path}: the weights '{name}' are not those of the adapter.");
        }

        return new(
            [
                string.Create(CultureInfo.InvariantCulture, $"{own.Tensors.Count} tensors, {own.Tensors.Values.Sum(t => t.Count):N0} ")
                    + "numbers: read back, equal to the adapter's",
            ],
            []
        );
    }
}
