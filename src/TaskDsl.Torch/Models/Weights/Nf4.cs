using TaskDsl.Torch.Models.Layers;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Weights;

/// <summary>
/// Four bits a number and one scale for 64 of them, the scales in eight bits themselves (NF4 with double quantisation, QLoRA, Dettmers et
/// al., arXiv 2305.14314): 4.13 bits in all. Codes and scales are as bitsandbytes defines them.
/// </summary>
/// <remarks>For adapters alone: what is kept so is not trained.</remarks>
[Keyword("nf4")]
public sealed record Nf4 : WeightFormat
{
    /// <inheritdoc/>
    public override QuantisedWeight Quantise(Tensor matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return new Nf4Weight(matrix);
    }
}
