using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>
/// Sixteen numbers in [−1, 1], each as likely as the others among normal numbers: what four bits can stand for (NormalFloat, QLoRA,
/// arXiv 2305.14314, appendix E). Codes, their order and what decides between them are those of bitsandbytes.
/// </summary>
internal static unsafe class Nf4Code
{
    /// <summary>So many numbers share one scale, the largest magnitude among them; the last block may be shorter.</summary>
    public const int Block = 64;

    private const int Grain = 64;
    private const long Piece = 1 << 16; // Blocks that are encoded at once: 16 MB.

    /// <summary>What each code stands for, ascending.</summary>
    public static IReadOnlyList<float> Values { get; } =
    [
        -1f,
        -0.6961928009986877f,
        -0.5250730514526367f,
        -0.39491748809814453f,
        -0.28444138169288635f,
        -0.18477343022823334f,
        -0.09105003625154495f,
        0f,
        0.07958029955625534f,
        0.16093020141124725f,
        0.24611230194568634f,
        0.33791524171829224f,
        0.44070982933044434f,
        0.5626170039176941f,
        0.7229568362236023f,
        1f,
    ];

    /// <summary>A number above the i-th of these has a code above i: the middles, as bitsandbytes' kernel writes them.</summary>
    public static IReadOnlyList<float> Bounds { get; } =
    [
        -0.8480964004993439f,
        -0.6106329262256622f,
        -0.4599952697753906f,
        -0.33967943489551544f,
        -0.23460740596055984f,
        -0.13791173323988914f,
        -0.045525018125772476f,
        0.03979014977812767f,
        0.1202552504837513f,
        0.2035212516784668f,
        0.2920137718319893f,
        0.3893125355243683f,
        0.5016634166240692f,
        0.6427869200706482f,
        0.8614784181118011f,
    ];

    /// <summary>Both numbers of each byte, side by side; it never moves, for the kernel.</summary>
    private static readonly ulong[] Pairs = MakePairs();

    /// <summary>The bytes that so many numbers take.</summary>
    public static long Bytes(long count) => (count + 1) / 2;

    /// <summary>The blocks that so many numbers are in.</summary>
    public static long Blocks(long count) => (count + Block - 1) / Block;

    /// <summary>The <see cref="Values"/> on a device, float32 <c>[16]</c>.</summary>
    public static Tensor Book(Device device) => tensor(Values.ToArray(), device: device);

    /// <summary>Numbers as codes, two a byte, the first in the upper half.</summary>
    /// <param name="values">float32 <c>[numbers]</c>, finite.</param>
    /// <returns>uint8 <c>[bytes]</c>, and the scales, float32 <c>[blocks]</c>.</returns>
    public static (Tensor Codes, Tensor Scales) Encode(Tensor values)
    {
        using var scope = NewDisposeScope();
        var count = values.numel();
        var codes = empty(Bytes(count), ScalarType.Byte, values.device);
        var scales = empty(Blocks(count), device: values.device);
        var bounds = tensor(Bounds.ToArray(), device: values.device);
        for (long block = 0; block < scales.size(0); block += Piece)
        {
            using var inner = NewDisposeScope();
            var from = block * Block;
            var some = values.narrow(0, from, Math.Min(Piece * Block, count - from));
            var encoded = Encode(some, scales.narrow(0, block, Math.Min(Piece, scales.size(0) - block)), bounds);
            codes.narrow(0, from / 2, encoded.size(0)).copy_(encoded);
        }

        return (codes.MoveToOuterDisposeScope(), scales.MoveToOuterDisposeScope());
    }

    /// <summary>Codes as numbers.</summary>
    /// <param name="codes">uint8 <c>[bytes]</c>, from the beginning of a block.</param>
    /// <param name="scales">float32 <c>[blocks]</c>.</param>
    /// <param name="count">How many numbers there are.</param>
    /// <param name="book">The <see cref="Book"/>, where the codes are.</param>
    /// <returns>float32 <c>[count]</c>.</returns>
    public static Tensor Decode(Tensor codes, Tensor scales, long count, Tensor book)
    {
        if (codes.device_type != TorchSharp.DeviceType.CPU || !codes.is_contiguous() || !scales.is_contiguous())
            return DecodePlainly(codes, scales, count, book);
        var values = empty(count);
        fixed (ulong* pairs = Pairs)
        {
            var work = new Work
            {
                Codes = (byte*)TensorMemory.Pointer(codes),
                Scales = Simd.Data(scales),
                Values = Simd.Data(values),
                Pairs = pairs,
                Count = count,
            };
            Simd.For(Blocks(count), Grain, &DecodeBlocks, &work);
        }

        return values;
    }

    /// <summary>The twin of <see cref="Decode"/>, of plain operations, on any device.</summary>
    internal static Tensor DecodePlainly(Tensor codes, Tensor scales, long count, Tensor book)
    {
        using var scope = NewDisposeScope();
        var halves = stack([codes.bitwise_right_shift(4), codes.bitwise_and(15)], 1).flatten(); // [2 · bytes]
        var values = book.index_select(0, halves.to(ScalarType.Int32)).narrow(0, 0, count);
        var padded = nn.functional.pad(values, [0, Blocks(count) * Block - count]).view(-1, Block);
        return (padded * scales.unsqueeze(1)).flatten().narrow(0, 0, count).MoveToOuterDisposeScope();
    }

    private static Tensor Encode(Tensor values, Tensor scales, Tensor bounds)
    {
        var count = values.size(0);
        var blocks = nn.functional.pad(values, [0, scales.size(0) * Block - count]).view(-1, Block); // [blocks, 64]
        scales.copy_(blocks.abs().amax([1L]));
        var shares = (blocks * scales.reciprocal().unsqueeze(1)).clamp_(-1, 1); // NaN in a block of zeros, which bitsandbytes calls −1 · 0.
        var codes = bucketize(shares, bounds, true).masked_fill_(scales.eq(0).unsqueeze(1), 0).view(-1, 2); // [bytes, 2]
        return (codes.select(1, 0) * 16 + codes.select(1, 1)).narrow(0, 0, Bytes(count)).to(ScalarType.Byte);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void DecodeBlocks(long begin, long end, void* context)
    {
        var work = (Work*)context;
        float* last = stackalloc float[Block];
        for (var block = begin; block < end; block++)
        {
            var codes = work->Codes + block * (Block / 2);
            var values = work->Values + block * Block;
            var count = (int)Math.Min(Block, work->Count - block * Block);
            var whole = count == Block ? values : last;
            for (var i = 0; i < (count + 1) / 2; i++)
                ((ulong*)whole)[i] = work->Pairs[codes[i]];
            var scale = new Vector<float>(work->Scales[block]);
            for (var i = 0; i < Block; i += Simd.Width)
                (Vector.Load(whole + i) * scale).Store(whole + i);
            if (count < Block)
                new ReadOnlySpan<float>(last, count).CopyTo(new Span<float>(values, count));
        }
    }

    private static ulong[] MakePairs()
    {
        var pairs = GC.AllocateArray<ulong>(256, pinned: true);
        for (var code = 0; code < pairs.Length; code++)
            pairs[code] = Bits(code >> 4) | ((ulong)Bits(code & 15) << 32);
        return pairs;

        static uint Bits(int code) => BitConverter.SingleToUInt32Bits(Values[code]);
    }

    private struct Work
    {
        public byte* Codes;
        public float* Scales,
            Values;
        public ulong* Pairs;
        public long Count;
    }
}
