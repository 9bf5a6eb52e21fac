using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>A map's weight that was trained whole and stands in the place of its own (PEFT's <c>modules_to_save</c>).</summary>
/// <param name="matrix"><c>[out, in]</c>.</param>
internal sealed class WholeWeight(Tensor matrix) : LinearUpdate
{
    /// <inheritdoc/>
    public override Tensor Forward(LinearMap map, Tensor x) => Ops.Linear(x, matrix, map.Bias);

    /// <inheritdoc/>
    public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map) => (matrix, map.Bias);

    /// <inheritdoc/>
    public override Tensor MergedRows(LinearMap map, long from, long count) => matrix.narrow(0, from, count);

    /// <inheritdoc/>
    public override Tensor? MergedBias(LinearMap map) => map.Bias;

    /// <inheritdoc/>
    public override Tensor LookUp(LinearMap map, Tensor ids) => Ops.Embedding(matrix.t(), ids);
}
