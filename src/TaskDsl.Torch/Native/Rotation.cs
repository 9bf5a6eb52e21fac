using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// Rotary positions in the numbers of what is turned; backward turns the other way, and keeps the angles alone. Its twin is
/// <see cref="PlainOps.Rotate"/>.
/// </summary>
internal sealed class Rotation : GuardedFunction<Rotation>
{
    /// <summary>The rotation without a graph, by the processor's kernel or by <see cref="InPlace"/>.</summary>
    /// <param name="x"><c>[batch, sequence, heads, head]</c>.</param>
    /// <param name="cosine">float32 <c>[batch or 1, sequence, 1, head]</c>.</param>
    /// <param name="sine">The same shape.</param>
    /// <param name="direction">1; −1 turns back.</param>
    public static Tensor Turn(Tensor x, Tensor cosine, Tensor sine, int direction = 1)
    {
        if (x.device_type != DeviceType.CPU)
            return InPlace(x, cosine, sine, direction);
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32).contiguous();
        var y = RotateKernel.Fits(wide, cosine, sine)
            ? RotateKernel.Forward(wide, cosine, sine, direction)
            : InPlace(wide, cosine, sine, direction);
        return y.to(x.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Three operations in the place of five, over half of the memory: each product is computed in the angles' float32 and written in x's
    /// numbers.
    /// </summary>
    public static Tensor InPlace(Tensor x, Tensor cosine, Tensor sine, int direction)
    {
        using var scope = NewDisposeScope();
        var half = x.size(3) / 2;
        var y = Ops.ProductInto(empty_like(x), x, cosine);
        y.narrow(3, 0, half).addcmul_(x.narrow(3, half, half), sine.narrow(3, 0, half), -direction);
        y.narrow(3, half, half).addcmul_(x.narrow(3, 0, half), sine.narrow(3, half, half), direction);
        return y.MoveToOuterDisposeScope();
    }

    protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
    {
        var (x, cosine, sine) = ((Tensor)inputs[0]!, (Tensor)inputs[1]!, (Tensor)inputs[2]!);
        context.save_for_backward([cosine, sine]);
        return Turn(x, cosine, sine);
    }

    protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var saved = context.get_saved_variables();
        return [Turn(gradient.contiguous(), saved[0], saved[1], -1), null, null]; // A rotation's transpose turns back.
    }
}
