using System.Runtime.InteropServices;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Gguf.Types;

/// <summary>The upper 16 bits of a float32, rounded to the nearest: its range, and 8 digits of its 24.</summary>
/// <remarks>Nothing is lost of a model whose own files are in bfloat16.</remarks>
[Keyword("bfloat16")]
public sealed record BFloat16Type : GgufType
{
    /// <inheritdoc/>
    public override uint Code => 30;

    /// <inheritdoc/>
    public override uint FileType => 32;

    /// <inheritdoc/>
    public override int BlockBytes => 2;

    /// <inheritdoc/>
    /// <remarks>What is above is rounded to infinity.</remarks>
    public override float Largest => 3.3895314e38f;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<float> numbers, Span<byte> stored)
    {
        var bits = MemoryMarshal.Cast<float, uint>(numbers);
        var into = MemoryMarshal.Cast<byte, ushort>(stored);
        for (var i = 0; i < bits.Length; i++)
            into[i] = (ushort)((bits[i] + 0x7FFF + ((bits[i] >> 16) & 1)) >> 16); // Of two as near, the even one.
    }

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<byte> stored, Span<float> numbers)
    {
        var from = MemoryMarshal.Cast<byte, ushort>(stored);
        var bits = MemoryMarshal.Cast<float, uint>(numbers);
        for (var i = 0; i < from.Length; i++)
            bits[i] = (uint)from[i] << 16;
    }

    /// <inheritdoc/>
    /// <remarks>Half of the last digit; the digits of the smallest end at 2⁻¹³³.</remarks>
    public override float Rounding(ReadOnlySpan<float> block, float number) => MathF.Max(MathF.Abs(number) / 256, 1e-40f);
}
