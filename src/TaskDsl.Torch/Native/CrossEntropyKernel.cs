using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// The weighted cross-entropy of rows of scores in float32 or bfloat16, which become their own gradient while a row is in the processor's
/// cache. Its twin is <see cref="PlainOps.CrossEntropy"/>.
/// </summary>
internal static unsafe class CrossEntropyKernel
{
    private const int Grain = 8;

    public static bool Fits(Tensor scores, Tensor targets, Tensor weights) =>
        scores.device_type == DeviceType.CPU
        && scores.dtype is ScalarType.Float32 or ScalarType.BFloat16
        && scores.is_contiguous()
        && targets.is_contiguous()
        && weights.is_contiguous();

    /// <inheritdoc cref="PlainOps.CrossEntropy"/>
    public static Tensor Run(Tensor scores, Tensor targets, Tensor weights, bool graded)
    {
        var terms = empty(scores.size(0), ScalarType.Float64);
        var rows = new Rows
        {
            Scores = (byte*)TensorMemory.Pointer(scores),
            Targets = (long*)TensorMemory.Pointer(targets),
            Weights = Simd.Data(weights),
            Terms = (double*)TensorMemory.Pointer(terms),
            Size = scores.size(1),
            Graded = graded,
        };
        // Checked before the loop: an exception in it, behind native frames, would end the process.
        foreach (var target in TensorMemory.Span<long>(targets))
            if ((ulong)target >= (ulong)rows.Size)
                throw new ArgumentOutOfRangeException(
                    nameof(targets),
                    $"cross-entropy: the target {target} is none of {rows.Size} scores."
                );
        Simd.For(scores.size(0), Grain, scores.dtype == ScalarType.Float32 ? &Singles : &Brains, &rows);
        return terms.sum(); // In the order of rows, not in that in which threads were done.
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Singles(long begin, long end, void* context) => Run<Float32>(begin, end, (Rows*)context);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Brains(long begin, long end, void* context) => Run<BFloat16>(begin, end, (Rows*)context);

    private static void Run<T>(long begin, long end, Rows* rows)
        where T : struct, INumbers
    {
        var (size, step) = (rows->Size, 2 * Simd.Width);
        var whole = size / step * step;
        for (var row = begin; row < end; row++)
        {
            var scores = rows->Scores + row * size * T.Bytes;
            var most = new Vector<float>(float.NegativeInfinity);
            for (long i = 0; i < whole; i += step)
            {
                var (a, b) = T.Load(scores, i);
                most = Vector.Max(most, Vector.Max(a, b));
            }

            var highest = float.NegativeInfinity;
            for (var i = 0; i < Simd.Width; i++)
                highest = MathF.Max(highest, most[i]);
            for (var i = whole; i < size; i++)
                highest = MathF.Max(highest, T.Get(scores, i));

            // Shifted by the highest score: no power overflows, and the sum is at least 1.
            var (sums, shift) = (Vector<float>.Zero, new Vector<float>(highest));
            for (long i = 0; i < whole; i += step)
            {
                var (a, b) = T.Load(scores, i);
                sums += Simd.Exp(a - shift) + Simd.Exp(b - shift);
            }

            var sum = (double)Vector.Sum(sums);
            for (var i = whole; i < size; i++)
                sum += MathF.Exp(T.Get(scores, i) - highest);
            var normaliser = highest + Math.Log(sum);
            var (target, weight) = (rows->Targets[row], rows->Weights[row]);
            var right = T.Get(scores, target); // Read before the row is overwritten.
            rows->Terms[row] = (normaliser - right) * weight;
            if (!rows->Graded)
                continue;

            // The probabilities, less one at the target, times the weight.
            var (scale, share) = (new Vector<float>((float)(weight / sum)), (float)(weight / sum));
            for (long i = 0; i < whole; i += step)
            {
                var (a, b) = T.Load(scores, i);
                T.Store(scores, i, Simd.Exp(a - shift) * scale, Simd.Exp(b - shift) * scale);
            }

            for (var i = whole; i < size; i++)
                T.Set(scores, i, MathF.Exp(T.Get(scores, i) - highest) * share);
            T.Set(scores, target, MathF.Exp(right - highest) * share - weight);
        }
    }

    private struct Rows
    {
        public byte* Scores;
        public long* Targets;
        public float* Weights;
        public double* Terms;
        public long Size;
        public bool Graded;
    }

    /// <summary>How numbers lie in memory.</summary>
    private interface INumbers
    {
        static abstract int Bytes { get; }

        /// <summary>Two vectors from a place on.</summary>
        static abstract (Vector<float> First, Vector<float> Second) Load(byte* row, long at);

        static abstract void Store(byte* row, long at, Vector<float> first, Vector<float> second);

        static abstract float Get(byte* row, long at);

        static abstract void Set(byte* row, long at, float value);
    }

    private readonly struct Float32 : INumbers
    {
        public static int Bytes => 4;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector<float> First, Vector<float> Second) Load(byte* row, long at) =>
            (Vector.Load((float*)row + at), Vector.Load((float*)row + at + Simd.Width));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(byte* row, long at, Vector<float> first, Vector<float> second)
        {
            first.Store((float*)row + at);
            second.Store((float*)row + at + Simd.Width);
        }

        public static float Get(byte* row, long at) => ((float*)row)[at];

        public static void Set(byte* row, long at, float value) => ((float*)row)[at] = value;
    }

    /// <summary>The upper half of a float's bits.</summary>
    private readonly struct BFloat16 : INumbers
    {
        public static int Bytes => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static (Vector<float> First, Vector<float> Second) Load(byte* row, long at)
        {
            Vector.Widen(Vector.Load((ushort*)row + at), out var first, out var second);
            return (Vector.AsVectorSingle(first << 16), Vector.AsVectorSingle(second << 16));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(byte* row, long at, Vector<float> first, Vector<float> second) =>
            Vector.Narrow(Rounded(Vector.AsVectorUInt32(first)), Rounded(Vector.AsVectorUInt32(second))).Store((ushort*)row + at);

        public static float Get(byte* row, long at) => BitConverter.UInt32BitsToSingle((uint)((ushort*)row)[at] << 16);

        public static void Set(byte* row, long at, float value)
        {
            var bits = BitConverter.SingleToUInt32Bits(value);
            ((ushort*)row)[at] = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }

        /// <summary>To the nearest, from the middle to the even one.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector<uint> Rounded(Vector<uint> bits) =>
            (bits + new Vector<uint>(0x7FFF) + ((bits >> 16) & Vector<uint>.One)) >> 16;
    }
}
