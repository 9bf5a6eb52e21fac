using System.Runtime.InteropServices;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Gguf.Types;

/// <summary>Numbers as they are: 32 bits each.</summary>
[Keyword("float32")]
public sealed record Float32Type : GgufType
{
    /// <inheritdoc/>
    public override uint Code => 0;

    /// <inheritdoc/>
    public override uint FileType => 0;

    /// <inheritdoc/>
    public override int BlockBytes => 4;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<float> numbers, Span<byte> stored) => MemoryMarshal.AsBytes(numbers).CopyTo(stored);

    /// <inheritdoc/>
    public override void Read(ReadOnlySpan<byte> stored, Span<float> numbers) => stored.CopyTo(MemoryMarshal.AsBytes(numbers));

    /// <inheritdoc/>
    public override float Rounding(ReadOnlySpan<float> block, float number) => 0;
}
