using TaskDsl.Torch.Models.Layers;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Weights;

/// <summary>Plain 32-bit numbers, whatever the file has.</summary>
/// <remarks>The default, but for an adapter's folder: there it is what the adapter was trained on.</remarks>
[Keyword("float32")]
public sealed record Float32 : WeightFormat
{
    /// <inheritdoc/>
    public override QuantisedWeight? Quantise(Tensor matrix) => null;
}
