using TaskDsl.Torch.Exporting.Writing;
using TaskDsl.Torch.Gguf;
using TaskDsl.Torch.Gguf.Types;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Exporting;

/// <summary>
/// A LoRA alone as a GGUF file, which llama.cpp puts onto the GGUF file of the model that it was trained on (<c>--lora</c>,
/// <c>ADAPTER</c> in a Modelfile).
/// </summary>
/// <remarks>
/// What is no plain low-rank update is refused: other methods, DoRA, updates of an embedding that is the head too, heads of tasks.
/// </remarks>
[Keyword("gguf_lora")]
public sealed record GgufLoraFormat : ExportFormat
{
    /// <summary>How the numbers are kept.</summary>
    public GgufType Type { get; init; } = new Float32Type();

    /// <inheritdoc/>
    public override bool IsOfAdapter => true;

    /// <inheritdoc/>
    public override ExportOutcome Write(ExportedModel model, string folder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var file = Path.Combine(folder, $"{model.Name}.gguf");
        return new([GgufAdapter.Write(file, model.Name, model.Model.Model, Type, cancellation)], []);
    }
}
