using System.Runtime.InteropServices;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Gguf.Types;

/// <summary>
/// 8.5 bits a number: 32 numbers of a row as whole numbers from −127 to 127 and one scale for them in half precision, a 127th of the
/// largest, rounded as ggml does (<c>quantize_row_q8_0_ref</c>).
/// </summary>
/// <remarks>A matrix whose rows are no multiple of 32 is kept in float16.</remarks>
[Keyword("q8_0")]
public sealed record Q80Type : GgufType
{
    /// <inheritdoc/>
    public override uint Code => 8;

    /// <inheritdoc/>
    public override uint FileType => 7;

    /// <inheritdoc/>
    public override int BlockLength => 32;

    /// <inheritdoc/>
    public override int BlockBytes => 34;

    /// <inheritdoc/>
    public override float Largest => 65504 * 127f;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<float> numbers, Span<byte> stored)
    {
        for (; !numbers.IsEmpty; numbers = numbers[BlockLength..], stored = stored[BlockBytes..])
        {
            var block = numbers[..BlockLength];
            var scale = Magnitude(block) / 127;
            var inverse = scale == 0 ? 0 : 1 / scale;
            MemoryMarshal.Write(stored, (Half)scale);
            for (var i = 0; i < block.Length; i++)
                stored[2 + i] = (byte)(sbyte)MathF.Round(block[i] * inverse, MidpointRounding.AwayFromZero);
        }
    }

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<byte> stored, Span<float> numbers)
    {
        for (; !numbers.IsEmpty; numbers = numbers[BlockLength..], stored = stored[BlockBytes..])
        {
            var scale = (float)MemoryMarshal.Read<Half>(stored);
            for (var i = 0; i < BlockLength; i++)
                numbers[i] = scale * (sbyte)stored[2 + i];
        }
    }

    /// <inheritdoc/>
    /// <remarks>Half of a step, and what the scale's own rounding adds to as many steps as there are.</remarks>
    public override float Rounding(ReadOnlySpan<float> block, float number)
    {
        var scale = Magnitude(block) / 127;
        return scale * 0.5001f + 127 * MathF.Max(scale / 2048, 1f / (1 << 25));
    }
}
