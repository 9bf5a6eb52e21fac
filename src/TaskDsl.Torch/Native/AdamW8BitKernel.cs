using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// An AdamW step whose moments are kept in bytes, block by block (Dettmers et al., arXiv 2110.02861): they are floats only while their
/// block is at hand. Its twin is <see cref="PlainOps.AdamW8BitStep"/>.
/// </summary>
internal static unsafe class AdamW8BitKernel
{
    /// <summary>Numbers that share a scale.</summary>
    public const int Block = 256;

    private const int Grain = 16;

    public static bool Fits(Tensor parameters, Tensor gradients) => Simd.Fits(parameters, Block) && Simd.Fits(gradients, Block);

    public static void Step(Tensor parameters, Tensor gradients, ByteMoments moments, long step, AdamWRates rates)
    {
        var blocks = new Blocks
        {
            Parameters = Simd.Data(parameters),
            Gradients = Simd.Data(gradients),
            First = (byte*)TensorMemory.Pointer(moments.First),
            Second = (byte*)TensorMemory.Pointer(moments.Second),
            FirstScale = Simd.Data(moments.FirstScale),
            SecondScale = Simd.Data(moments.SecondScale),
            Keep = (float)(1 - rates.LearningRate * rates.WeightDecay),
            Beta1 = (float)rates.Beta1,
            Beta2 = (float)rates.Beta2,
            Rate = (float)(rates.LearningRate / (1 - Math.Pow(rates.Beta1, step))),
            Root = (float)(1 / Math.Sqrt(1 - Math.Pow(rates.Beta2, step))),
            Epsilon = (float)rates.Epsilon,
        };
        Simd.For(parameters.numel() / Block, Grain, &Step, &blocks);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Step(long begin, long end, void* context)
    {
        var all = (Blocks*)context;
        float* first = stackalloc float[Block],
            second = stackalloc float[Block];
        for (var block = begin; block < end; block++)
        {
            float* values = all->Parameters + block * Block,
                gradients = all->Gradients + block * Block;
            byte* firstCodes = all->First + block * Block,
                secondCodes = all->Second + block * Block;
            Decode(DynamicCode.Signed, firstCodes, all->FirstScale[block], first);
            Decode(DynamicCode.Unsigned, secondCodes, all->SecondScale[block], second);
            var (firstMost, secondMost) = (Vector<float>.Zero, Vector<float>.Zero);
            for (var i = 0; i < Block; i += Simd.Width)
            {
                var gradient = Vector.Load(gradients + i);
                var m = Vector.Load(first + i) * all->Beta1 + gradient * (1 - all->Beta1);
                var v = Vector.Load(second + i) * all->Beta2 + gradient * gradient * (1 - all->Beta2);
                m.Store(first + i);
                v.Store(second + i);
                firstMost = Vector.Max(firstMost, Vector.Abs(m));
                secondMost = Vector.Max(secondMost, v);
                // The step is taken by the moments before they are rounded to bytes. ε stands behind the corrected root, as in AdamWStep.
                var denominator = Vector.SquareRoot(v) * all->Root + new Vector<float>(all->Epsilon);
                (Vector.Load(values + i) * all->Keep - m / denominator * all->Rate).Store(values + i);
            }

            all->FirstScale[block] = Encode(DynamicCode.Signed, first, firstMost, firstCodes);
            all->SecondScale[block] = Encode(DynamicCode.Unsigned, second, secondMost, secondCodes);
        }
    }

    private static void Decode(DynamicCode code, byte* codes, float scale, float* values)
    {
        var numbers = code.Values;
        for (var i = 0; i < Block; i++)
            values[i] = numbers[codes[i]] * scale;
    }

    private static float Encode(DynamicCode code, float* values, Vector<float> most, byte* codes)
    {
        float scale = 0;
        for (var i = 0; i < Simd.Width; i++)
            scale = MathF.Max(scale, most[i]);
        var inverse = scale > 0 ? 1 / scale : 0; // A block of zeros has the scale 0.
        for (var i = 0; i < Block; i++)
            codes[i] = code.Nearest(values[i] * inverse);
        return scale;
    }

    private struct Blocks
    {
        public float* Parameters,
            Gradients,
            FirstScale,
            SecondScale;
        public byte* First,
            Second;
        public float Keep,
            Beta1,
            Beta2,
            Rate,
            Root,
            Epsilon;
    }
}

/// <summary>Moments in bytes.</summary>
/// <param name="First">uint8 <c>[size]</c>.</param>
/// <param name="FirstScale">float32 <c>[size / block]</c>.</param>
/// <param name="Second">uint8 <c>[size]</c>.</param>
/// <param name="SecondScale">float32 <c>[size / block]</c>.</param>
internal readonly record struct ByteMoments(Tensor First, Tensor FirstScale, Tensor Second, Tensor SecondScale);
