using System.Runtime.InteropServices;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Gguf.Types;

/// <summary>16 bits a number, 11 of them its digits (IEEE 754 half precision): the form that every engine knows.</summary>
/// <remarks>Numbers beyond 65504 cannot be said in it; a model with such a weight is refused.</remarks>
[Keyword("float16")]
public sealed record Float16Type : GgufType
{
    /// <inheritdoc/>
    public override uint Code => 1;

    /// <inheritdoc/>
    public override uint FileType => 1;

    /// <inheritdoc/>
    public override int BlockBytes => 2;

    /// <inheritdoc/>
    public override float Largest => 65504;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<float> numbers, Span<byte> stored)
    {
        var into = MemoryMarshal.Cast<byte, Half>(stored);
        for (var i = 0; i < numbers.Length; i++)
            into[i] = (Half)numbers[i];
    }

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<byte> stored, Span<float> numbers)
    {
        var from = MemoryMarshal.Cast<byte, Half>(stored);
        for (var i = 0; i < from.Length; i++)
            numbers[i] = (float)from[i];
    }

    /// <inheritdoc/>
    /// <remarks>Half of the last digit; below 2⁻¹⁴ the digits end at 2⁻²⁴.</remarks>
    public override float Rounding(ReadOnlySpan<float> block, float number) => MathF.Max(MathF.Abs(number) / 2048, 1f / (1 << 25));
}
