using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>silu(gate) · up in one pass, forward and backward. Its twin is <see cref="PlainOps.SwiGlu"/>.</summary>
internal sealed unsafe class SwiGluKernel : GuardedFunction<SwiGluKernel>
{
    private const int Grain = 1024;

    public static bool Fits(Tensor gate, Tensor up) => Simd.Fits(gate, gate.numel()) && Simd.Fits(up, up.numel());

    public static Tensor Forward(Tensor gate, Tensor up)
    {
        var y = empty_like(gate);
        var numbers = new Numbers { Gate = Simd.Data(gate), Up = Simd.Data(up), Y = Simd.Data(y) };
        Simd.For(gate.numel() / Simd.Width, Grain, &Activate, &numbers);
        return y;
    }

    protected override Tensor Compute(autograd.AutogradContext context, ReadOnlySpan<object?> inputs)
    {
        context.save_for_backward([(Tensor)inputs[0]!, (Tensor)inputs[1]!]);
        return Forward((Tensor)inputs[0]!, (Tensor)inputs[1]!);
    }

    protected override Tensor?[] Differentiate(autograd.AutogradContext context, Tensor gradient)
    {
        var saved = context.get_saved_variables();
        var (gate, up) = (saved[0], saved[1]);
        gradient = gradient.contiguous();
        var (dGate, dUp) = (empty_like(gate), empty_like(up));
        var numbers = new Numbers { Gate = Simd.Data(gate), Up = Simd.Data(up), Gradient = Simd.Data(gradient), Y = Simd.Data(dGate), UpGradient = Simd.Data(dUp) };
        Simd.For(gate.numel() / Simd.Width, Grain, &Differentiate, &numbers);
        return [dGate, dUp];
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Activate(long begin, long end, void* context)
    {
        var numbers = (Numbers*)context;
        for (var i = begin * Simd.Width; i < end * Simd.Width; i += Simd.Width)
        {
            var gate = Vector.Load(numbers->Gate + i);
            (gate / (Vector<float>.One + Simd.Exp(-gate)) * Vector.Load(numbers->Up + i)).Store(numbers->Y + i);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Differentiate(long begin, long end, void* context)
    {
        var numbers = (Numbers*)context;
        for (var i = begin * Simd.Width; i < end * Simd.Width; i += Simd.Width)
        {
            var gate = Vector.Load(numbers->Gate + i);
            var gradient = Vector.Load(numbers->Gradient + i);
            var sigmoid = Vector<float>.One / (Vector<float>.One + Simd.Exp(-gate));
            (gradient * gate * sigmoid).Store(numbers->UpGradient + i);
            (gradient * Vector.Load(numbers->Up + i) * sigmoid * Vector.FusedMultiplyAdd(gate, Vector<float>.One - sigmoid, Vector<float>.One)).Store(numbers->Y + i);
        }
    }

    private struct Numbers
    {
        public float* Gate, Up, Y, Gradient, UpGradient;
    }
}
