using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// Root-mean-square normalisation in one pass over each row, forward and backward. Its twin is <see cref="PlainOps.RmsNorm"/>.
/// </summary>
internal sealed unsafe class RmsNormKernel : GuardedFunction<RmsNormKernel>
{
    private const int Grain = 64;

    public static bool Fits(Tensor x, Tensor weight) => Simd.Fits(x, x.size(-1)) && Simd.Fits(weight, weight.size(0));

    /// <summary>The forward pass alone. <paramref name="inverse"/> receives 1 / root mean square of each row.</summary>
    public static Tensor Forward(Tensor x, Tensor weight, double epsilon, Tensor inverse)
    {
        var y = empty_like(x);
        var rows = new Rows
        {
            X = Simd.Data(x),
            Weight = Simd.Data(weight),
            Y = Simd.Data(y),
            Inverse = Simd.Data(inverse),
            Size = (int)x.size(-1),
            Epsilon = (float)epsilon,
        };
        Simd.For(inverse.numel(), Grain, &Normalise, &rows);
        return y;
    }

    protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
    {
        var (x, weight) = ((Tensor)inputs[0]!, (Tensor)inputs[1]!);
        var inverse = empty(x.numel() / x.size(-1));
        context.save_for_backward([x, weight, inverse]);
        return Forward(x, weight, (double)inputs[2]!, inverse);
    }

    protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var saved = context.get_saved_variables();
        var (x, weight, inverse) = (saved[0], saved[1], saved[2]);
        gradient = gradient.contiguous();
        var dx = empty_like(x);
        var dw = zeros(get_num_threads(), x.size(-1)); // One row per thread, so that none waits for another.
        var rows = new Rows
        {
            X = Simd.Data(x),
            Weight = Simd.Data(weight),
            Inverse = Simd.Data(inverse),
            Gradient = Simd.Data(gradient),
            Y = Simd.Data(dx),
            WeightGradient = Simd.Data(dw),
            Size = (int)x.size(-1),
        };
        Simd.For(inverse.numel(), Grain, &Differentiate, &rows);
        return [dx, dw.sum([0L]), null];
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Normalise(long begin, long end, void* context)
    {
        var rows = (Rows*)context;
        var size = rows->Size;
        for (var row = begin; row < end; row++)
        {
            float* x = rows->X + row * size,
                y = rows->Y + row * size;
            var squares = Vector<float>.Zero;
            for (var i = 0; i < size; i += Simd.Width)
                squares = Vector.FusedMultiplyAdd(Vector.Load(x + i), Vector.Load(x + i), squares);
            // ε within the root, as Llama's and T5's code; the paper's own code adds it to the root.
            var inverse = 1 / MathF.Sqrt(Vector.Sum(squares) / size + rows->Epsilon);
            rows->Inverse[row] = inverse;
            for (var i = 0; i < size; i += Simd.Width)
                (Vector.Load(x + i) * inverse * Vector.Load(rows->Weight + i)).Store(y + i);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Differentiate(long begin, long end, void* context)
    {
        var rows = (Rows*)context;
        var size = rows->Size;
        uint thread;
        _ = LibTorch.ThreadIndex(&thread);
        var dw = rows->WeightGradient + thread * size;
        for (var row = begin; row < end; row++)
        {
            float* x = rows->X + row * size,
                g = rows->Gradient + row * size,
                dx = rows->Y + row * size;
            var inverse = rows->Inverse[row];
            var product = Vector<float>.Zero;
            for (var i = 0; i < size; i += Simd.Width)
            {
                var gradient = Vector.Load(g + i);
                var value = Vector.Load(x + i);
                product = Vector.FusedMultiplyAdd(gradient * Vector.Load(rows->Weight + i), value, product);
                Vector.FusedMultiplyAdd(gradient, value * inverse, Vector.Load(dw + i)).Store(dw + i);
            }

            // dx = g ⊙ w / rms − x · Σ(g ⊙ w ⊙ x) / (size · rms³), and 1 / rms is at hand.
            var along = new Vector<float>(-Vector.Sum(product) * inverse * inverse * inverse / size);
            for (var i = 0; i < size; i += Simd.Width)
                Vector
                    .FusedMultiplyAdd(Vector.Load(x + i), along, Vector.Load(g + i) * Vector.Load(rows->Weight + i) * inverse)
                    .Store(dx + i);
        }
    }

    private struct Rows
    {
        public float* X,
            Weight,
            Y,
            Inverse,
            Gradient,
            WeightGradient;
        public int Size;
        public float Epsilon;
    }
}
