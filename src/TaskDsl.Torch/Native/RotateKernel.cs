using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>Rotary positions in one pass over float32 on the CPU, for <see cref="Rotation"/>.</summary>
internal static unsafe class RotateKernel
{
    private const int Grain = 256;

    public static bool Fits(Tensor x, Tensor cosine, Tensor sine) =>
        Simd.Fits(x, x.size(3) / 2) && Simd.Fits(cosine, cosine.size(3) / 2) && Simd.Fits(sine, sine.size(3) / 2) && x.size(3) % 2 == 0;

    public static Tensor Forward(Tensor x, Tensor cosine, Tensor sine, float direction = 1)
    {
        var y = empty_like(x);
        var turns = new Turns
        {
            X = Simd.Data(x),
            Y = Simd.Data(y),
            Cosine = Simd.Data(cosine),
            Sine = Simd.Data(sine),
            Heads = x.size(2),
            // One row of angles serves every row.
            Positions = cosine.size(0) == 1 ? x.size(1) : x.size(0) * x.size(1),
            Size = (int)x.size(3),
            Direction = direction,
        };
        Simd.For(x.numel() / x.size(3), Grain, &Turn, &turns);
        return y;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Turn(long begin, long end, void* context)
    {
        var turns = (Turns*)context;
        var half = turns->Size / 2;
        for (var row = begin; row < end; row++)
        {
            var position = row / turns->Heads % turns->Positions;
            float* x = turns->X + row * turns->Size,
                y = turns->Y + row * turns->Size;
            float* cosine = turns->Cosine + position * turns->Size,
                sine = turns->Sine + position * turns->Size;
            for (var i = 0; i < half; i += Simd.Width)
            {
                var (a, b) = (Vector.Load(x + i), Vector.Load(x + half + i));
                var (c, s) = (Vector.Load(cosine + i), Vector.Load(sine + i) * turns->Direction);
                (a * c - b * s).Store(y + i);
                (b * c + a * s).Store(y + half + i);
            }
        }
    }

    private struct Turns
    {
        public float* X,
            Y,
            Cosine,
            Sine;
        public long Heads,
            Positions;
        public int Size;
        public float Direction;
    }
}
