using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>
/// A linear map by a weight in few bits. Forward and backward each compute the weight again, piece by piece: what it stands for is never
/// there as a whole, and nothing of it is kept between the two. Its twin is <see cref="Ops.Linear"/> by the whole weight.
/// </summary>
internal sealed class QuantisedLinear : GuardedFunction<QuantisedLinear>
{
    /// <summary><c>x · Wᵀ + bias</c>, <c>[…, out]</c> of <c>[…, in]</c>; gradients go to x and the bias <c>[out]</c>.</summary>
    public static Tensor Of(Tensor x, QuantisedWeight weight, Tensor? bias)
    {
        if (x.dim() < 1 || x.size(-1) != weight.Inputs)
            throw new ArgumentException($"linear: x {Ops.Shape(x)} does not fit a weight [{weight.Outputs}, {weight.Inputs}].");
        return is_grad_enabled() && (x.requires_grad || bias?.requires_grad == true) ? apply(x, weight, bias!) : weight.Product(x, bias);
    }

    protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
    {
        var (x, weight, bias) = ((Tensor)inputs[0]!, (QuantisedWeight)inputs[1]!, (Tensor?)inputs[2]);
        context.save_data("weight", weight);
        context.save_data("wanted", (x.requires_grad, bias?.requires_grad == true));
        context.save_data("input", (x.shape, x.dtype));
        return weight.Product(x, bias);
    }

    protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var weight = (QuantisedWeight)context.get_data("weight");
        var (forX, forBias) = ((bool, bool))context.get_data("wanted");
        var (shape, type) = ((long[], ScalarType))context.get_data("input");
        var rows = gradient.reshape(-1, weight.Outputs);
        Tensor? sum = null; // [rows, in]
        for (long from = 0; forX && from < weight.Outputs; from += weight.PieceRows)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(weight.PieceRows, weight.Outputs - from);
            var piece = weight.Rows(from, count).to(rows.dtype);
            var some = count == weight.Outputs ? rows : rows.narrow(1, from, count).contiguous();
            var product = Ops.Product(some, piece.t());
            _ = sum?.add_(product);
            // Pieces are summed in float32 whatever they are computed in: sixteen bits would round once for each of them.
            sum ??= (count == weight.Outputs ? product : product.to(ScalarType.Float32)).MoveToOuterDisposeScope();
        }

        return [sum?.view(shape).to(type), null, forBias ? rows.sum([0L]).to(ScalarType.Float32) : null];
    }
}
