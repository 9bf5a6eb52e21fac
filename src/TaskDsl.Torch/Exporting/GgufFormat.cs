using TaskDsl.Torch.Exporting.Writing;
using TaskDsl.Torch.Gguf;
using TaskDsl.Torch.Gguf.Types;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Exporting;

/// <summary>
/// One file that llama.cpp and what is built on it (Ollama, LM Studio, LLamaSharp) open: weights, tokenizer and chat template; and a
/// <c>Modelfile</c> for Ollama beside it.
/// </summary>
/// <remarks>What the format cannot say is refused: families, rope kinds, heads and tokenizers that llama.cpp does not have.</remarks>
[Keyword("gguf")]
public sealed record GgufFormat : ExportFormat
{
    /// <summary>How the numbers of matrices are kept.</summary>
    public GgufType Type { get; init; } = new Float16Type();

    /// <inheritdoc/>
    public override ExportOutcome Write(ExportedModel model, string folder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (measured, notices) = GgufExport.Write(model.Name, model.Model, model.Chain[0], model.Layout, Type, folder, cancellation);
        return new(measured, notices);
    }
}
