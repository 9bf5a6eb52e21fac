using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>
/// One map's low-rank update: y + scale · ((x Aᵀ) Bᵀ + bias); with a magnitude, each row of the whole has that length.
/// </summary>
/// <param name="layer">The map.</param>
/// <param name="a"><c>[rank, in]</c>.</param>
/// <param name="b"><c>[out, rank]</c>.</param>
/// <param name="scale">Of the update.</param>
public sealed class LowRank(LinearLayer layer, Parameter a, Parameter b, double scale) : LinearUpdate
{
    private readonly float scale = (float)scale;
    private (Tensor A, Tensor B)? taken;

    /// <summary><c>[out]</c>, or null.</summary>
    public Parameter? Magnitude { get; init; }

    /// <summary><c>[out]</c>, or null.</summary>
    public Parameter? Bias { get; init; }

    /// <summary><c>[rank, in]</c>.</summary>
    internal Tensor A => a;

    /// <summary><c>[out, rank]</c>.</summary>
    internal Tensor B => b;

    /// <summary>What their product is multiplied by.</summary>
    internal float Scale => scale;

    /// <inheritdoc/>
    public override string? MergeObstacle =>
        Bias is null || layer.Bias is not null
            ? null
            : $"The adapter adds a bias (lora_bias) to {layer.Name}, which has none: it cannot be folded in. Use the adapter as it is.";

    /// <summary>
    /// Takes scale · B A of these out of the layer's own weight, which the update began as; it comes back when the update is taken off.
    /// </summary>
    /// <param name="principal"><c>[rank, in]</c> and <c>[out, rank]</c>.</param>
    public void TakeOut((Tensor A, Tensor B) principal)
    {
        taken = principal;
        Move(-1);
    }

    /// <inheritdoc/>
    public override void TakenOff(LinearLayer layer)
    {
        if (taken is not null)
            Move(1);
    }

    /// <inheritdoc/>
    public override Tensor Forward(LinearMap map, Tensor x)
    {
        var flat = x.reshape(-1, x.size(-1)); // [rows, in]
        if (Magnitude is null)
        {
            // Two thin products: B A, as large as the weight, is never made. A product is added to in place, where autocast does not help.
            var (y, low) = (map.Forward(flat), flat.mm(a.t())); // [rows, out], [rows, rank]
            y = map.IsProduct ? y.addmm_(low, b.to(y.dtype).t(), beta: 1, alpha: scale) : addmm(y, low, b.t(), beta: 1, alpha: scale);
            return (Bias is null ? y : y + scale * Bias).view([.. x.shape[..^1], map.Outputs]); // […, out]
        }

        // The map's bias stays outside of the magnitude, as PEFT has it.
        var bias = map.Bias;
        var lengths = map.Lengths((from, count) => Sum(map, from, count)); // [out]; a constant for the gradients, as the paper has it.
        var turned = addmm(map.Product(flat), flat.mm(a.t()), b.t(), beta: 1, alpha: scale) * (Magnitude / lengths);
        return (bias is null ? turned : turned + bias).view([.. x.shape[..^1], map.Outputs]); // […, out]
    }

    /// <inheritdoc/>
    public override (Tensor Matrix, Tensor? Bias) Merged(LinearMap map) => (MergedRows(map, 0, map.Outputs), MergedBias(map));

    /// <inheritdoc/>
    public override Tensor MergedRows(LinearMap map, long from, long count)
    {
        var sum = Sum(map, from, count);
        if (Magnitude is null)
            return sum;
        var lengths = sum.detach().norm(1, false, 2); // [count]
        return sum * (Magnitude.narrow(0, from, count) / lengths).unsqueeze(1); // [count, in]
    }

    /// <inheritdoc/>
    public override Tensor? MergedBias(LinearMap map)
    {
        var bias = map.Bias;
        return Bias is null ? bias
            : bias is null ? scale * Bias
            : bias + scale * Bias; // [out]
    }

    /// <inheritdoc/>
    // […, out]
    public override Tensor LookUp(LinearMap map, Tensor ids) => map.LookUp(ids) + scale * Ops.Embedding(a.t(), ids).matmul(b.t());

    /// <summary>Some rows of the updated weight as long as they are, <c>[count, in]</c>.</summary>
    private Tensor Sum(LinearMap map, long from, long count) => map.Rows(from, count).add(b.narrow(0, from, count).mm(a), alpha: scale);

    private void Move(int sign)
    {
        var moved = layer.Matrix.add(taken!.Value.B.mm(taken.Value.A), alpha: sign * scale);
        layer.Weight.copy_(layer.IsTransposed ? moved.t() : moved);
    }
}
