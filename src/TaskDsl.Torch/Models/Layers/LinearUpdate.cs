using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>What a tuning method makes of one linear map.</summary>
public abstract class LinearUpdate
{
    /// <summary>Why <see cref="Merged"/> is not possible; null = it is.</summary>
    public virtual string? MergeObstacle => null;

    /// <summary>An update that adds to what the map gives.</summary>
    /// <param name="added">What is added, <c>[…, out]</c> of <c>[…, in]</c>; it must be linear.</param>
    /// <param name="matrix">The weight <c>[out, in]</c> that does the same.</param>
    public static LinearUpdate Add(Func<Tensor, Tensor> added, Func<Tensor> matrix) => new Addition(added, matrix);

    /// <summary>The updated map.</summary>
    /// <param name="map">The map that the update stands on: the layer, with the updates that were put on before.</param>
    /// <param name="x">What goes in, <c>[…, in]</c>.</param>
    /// <returns><c>[…, out]</c>.</returns>
    public abstract Tensor Forward(LinearMap map, Tensor x);

    /// <summary>
    /// The updated map of single inputs, as the embedding is used. Default: out of the whole <see cref="Merged"/> weight.
    /// </summary>
    /// <param name="map">The map that the update stands on.</param>
    /// <param name="ids">Which inputs, int64 <c>[…]</c>.</param>
    /// <returns><c>[…, out]</c>.</returns>
    public virtual Tensor LookUp(LinearMap map, Tensor ids) => Ops.Embedding(Merged(map).Matrix.t(), ids);

    /// <summary>The weight <c>[out, in]</c> and bias that do the same as the updated map.</summary>
    /// <param name="map">The map that the update stands on.</param>
    public abstract (Tensor Matrix, Tensor? Bias) Merged(LinearMap map);

    /// <summary>Some rows of the <see cref="Merged"/> weight, <c>[count, in]</c>. Default: out of the whole.</summary>
    /// <param name="map">The map that the update stands on.</param>
    /// <param name="from">The first.</param>
    /// <param name="count">How many.</param>
    public virtual Tensor MergedRows(LinearMap map, long from, long count) => Merged(map).Matrix.narrow(0, from, count);

    /// <summary>The <see cref="Merged"/> bias, <c>[out]</c>, or null. Default: with the whole weight.</summary>
    /// <param name="map">The map that the update stands on.</param>
    public virtual Tensor? MergedBias(LinearMap map) => Merged(map).Bias;

    /// <summary>Called before each step of a training run, for updates that move. Default: nothing.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">All steps.</param>
    public virtual void BeforeStep(int step, int steps) { }

    /// <summary>Gives back what was taken out of the layer's own weight. Default: nothing was.</summary>
    /// <param name="layer">The layer that the update was taken off.</param>
    public virtual void TakenOff(LinearLayer layer) { }

    private sealed class Addition(Func<Tensor, Tensor> added, Func<Tensor> matrix) : LinearUpdate
    {
        public override Tensor Forward(LinearMap map, Tensor x) => map.Forward(x) + added(x);

        public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map)
        {
            var (below, bias) = map.Merged;
            return (below + matrix(), bias);
        }

        public override Tensor MergedRows(LinearMap map, long from, long count) => map.Rows(from, count) + matrix().narrow(0, from, count);

        public override Tensor? MergedBias(LinearMap map) => map.Bias;
    }
}
