using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>
/// What the weights of the layers' linear maps are kept as while the model is open; embeddings, norms, biases and heads are float32. Each
/// form is one file with a <c>[Keyword]</c> record.
/// </summary>
public abstract record WeightFormat
{
    /// <summary>Writes a weight in this form; null = it is kept as it is.</summary>
    /// <param name="matrix">float32 <c>[out, in]</c>, contiguous, finite; on the meta device it has a shape alone.</param>
    public abstract QuantisedWeight? Quantise(Tensor matrix);
}
