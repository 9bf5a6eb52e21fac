using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>A linear layer with the first of its updates: what the next update stands on.</summary>
public readonly record struct LinearMap
{
    private readonly LinearLayer layer;
    private readonly int updates;

    internal LinearMap(LinearLayer layer, int updates) => (this.layer, this.updates) = (layer, updates);

    /// <summary>The size of what goes in.</summary>
    public long Inputs => layer.Inputs;

    /// <summary>The size of what comes out.</summary>
    public long Outputs => layer.Outputs;

    /// <summary>The weight <c>[out, in]</c>, with what the updates make of it.</summary>
    public Tensor Matrix => Merged.Matrix;

    /// <summary>The bias <c>[out]</c>, with what the updates make of it; null where the layer has none.</summary>
    public Tensor? Bias => updates == 0 ? layer.Bias : Merged.Bias;

    /// <summary>
    /// Whether <see cref="Forward"/> gives a product that nothing has kept, so that it may be changed in place: updates may keep theirs.
    /// </summary>
    internal bool IsProduct => updates == 0;

    /// <summary>Weight and bias that do the same as the layer and its updates.</summary>
    public (Tensor Matrix, Tensor? Bias) Merged => updates == 0 ? (layer.Matrix, layer.Bias) : Top.Merged(Below);

    private LinearMap Below => new(layer, updates - 1);

    private LinearUpdate Top => layer.Updates[updates - 1];

    /// <summary>Maps <c>[…, in]</c> to <c>[…, out]</c>.</summary>
    public Tensor Forward(Tensor x) => updates == 0 ? layer.Plain(x) : Top.Forward(Below, x);

    /// <summary>The map without its bias, <c>[…, out]</c>.</summary>
    public Tensor Product(Tensor x) => updates == 0 ? layer.Plain(x, biased: false) : Ops.Linear(x, Matrix);

    /// <summary>The columns of the weight at some places, int64 <c>[…]</c>, as rows <c>[…, out]</c>.</summary>
    public Tensor LookUp(Tensor ids) =>
        updates == 0 ? Ops.Embedding(layer.IsTransposed ? layer.Weight : layer.Weight.t(), ids) : Top.LookUp(Below, ids);
}
