using System.Globalization;
using TaskDsl.Disk;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Exporting.Writing;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Vocabulary;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Exporting;

/// <summary>
/// A folder in Hugging Face's layout, as transformers and this program open it: configuration, weights as safetensors, tokenizer, chat
/// template, and a model card (<c>README.md</c>).
/// </summary>
[Keyword("huggingface")]
public sealed record HuggingFaceFormat : ExportFormat
{
    /// <inheritdoc/>
    public override ExportOutcome Write(ExportedModel model, string folder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Model.Save(folder);
        AtomicFile.WriteText(Path.Combine(folder, "README.md"), model.Card);
        var language = model.Model.Model;
        var (numbers, largest, type) = (0L, 0f, language.Config.StoredAs.Scalar());
        using var files = SafetensorsFolder.Open(folder);
        foreach (var (name, weight) in language.Parameters)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var read = files.Read(name, weight.shape);
            if (!read.eq(weight.detach().to(type)).all().ToBoolean())
                throw new ModelException($"{files.Source}: the weights '{name}' are not what was written.");
            largest = Math.Max(largest, (read.to(ScalarType.Float32) - weight.detach()).abs().max().ToSingle());
            numbers += weight.numel();
        }

        var near =
            largest == 0
                ? "equal to the bit"
                : string.Create(CultureInfo.InvariantCulture, $"within that type's rounding; the largest difference is {largest:0.0e+0}");
        return new(
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{language.Parameters.Count} tensors, {numbers:N0} numbers in {language.Config.StoredAs.Word()}: read back, {near}"
                ),
            ],
            []
        );
    }
}
