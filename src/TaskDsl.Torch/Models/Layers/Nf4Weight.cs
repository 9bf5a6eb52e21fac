using TaskDsl.Torch.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>
/// A weight in NF4 with double quantisation, as bitsandbytes has it: blocks of 64 run through the rows, whatever their length; their
/// scales, less the scales' mean, are bytes in blocks of 256.
/// </summary>
internal sealed class Nf4Weight : QuantisedWeight
{
    private const int ScaleBlock = 256;

    /// <summary>Writes a weight; on the meta device, its shapes alone.</summary>
    /// <param name="matrix">float32 <c>[out, in]</c>, contiguous, finite.</param>
    public Nf4Weight(Tensor matrix)
        : base(matrix.size(0), matrix.size(1))
    {
        using var scope = NewDisposeScope();
        var blocks = (Nf4Code.Blocks(Count) + ScaleBlock - 1) / ScaleBlock;
        ScaleCodes = zeros([blocks, ScaleBlock], ScalarType.Byte, matrix.device).DetachFromDisposeScope();
        ScaleScales = zeros(blocks, device: matrix.device).DetachFromDisposeScope();
        Books = (Nf4Code.Book(matrix.device).DetachFromDisposeScope(), DynamicCode.Signed.Book(matrix.device).DetachFromDisposeScope());
        if (matrix.device_type == DeviceType.META)
        {
            Codes = empty(Nf4Code.Bytes(Count), ScalarType.Byte, matrix.device).DetachFromDisposeScope();
            Mean = empty([], device: matrix.device).DetachFromDisposeScope();
            return;
        }

        var (codes, scales) = Nf4Code.Encode(matrix.flatten());
        (Codes, Mean) = (codes.DetachFromDisposeScope(), scales.mean().DetachFromDisposeScope());
        var filled = nn.functional.pad(scales - Mean, [0, blocks * ScaleBlock - scales.size(0)]);
        DynamicCode.Signed.Encode(filled.view(blocks, ScaleBlock), ScaleCodes, ScaleScales);
        ScaleCodes.masked_fill_(ScaleScales.eq(0).unsqueeze(1), 0); // As bitsandbytes; whatever the code, it stands for 0.
    }

    /// <summary>uint8 <c>[bytes]</c>.</summary>
    public Tensor Codes { get; }

    /// <summary>uint8 <c>[scale blocks, 256]</c>, the last filled up.</summary>
    public Tensor ScaleCodes { get; }

    /// <summary>float32 <c>[scale blocks]</c>.</summary>
    public Tensor ScaleScales { get; }

    /// <summary>float32 <c>[]</c>.</summary>
    public Tensor Mean { get; }

    /// <summary>What codes stand for, float32 <c>[16]</c>, and codes of scales, float32 <c>[256]</c>: there, so no pass waits.</summary>
    public (Tensor Codes, Tensor Scales) Books { get; }

    /// <inheritdoc/>
    public override long Bytes => Parts.Sum(part => part.numel() * part.ElementSize);

    private Tensor[] Parts => [Codes, ScaleCodes, ScaleScales, Mean, Books.Codes, Books.Scales];

    /// <inheritdoc/>
    public override Tensor Rows(long from, long count)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var (first, numbers) = (from * Inputs, count * Inputs);
        return Nf4Code
            .Decode(
                Codes.narrow(0, first / 2, Nf4Code.Bytes(numbers)),
                Scales(first / Nf4Code.Block, Nf4Code.Blocks(numbers)),
                numbers,
                Books.Codes
            )
            .view(count, Inputs)
            .MoveToOuterDisposeScope();
    }

    /// <summary>The scales of some blocks, float32 <c>[count]</c>: of the blocks of scales, those that hold them are read.</summary>
    internal Tensor Scales(long from, long count)
    {
        var first = from / ScaleBlock;
        var blocks = (from + count + ScaleBlock - 1) / ScaleBlock - first;
        return DynamicCode
            .Decode(ScaleCodes.narrow(0, first, blocks), ScaleScales.narrow(0, first, blocks), Books.Scales)
            .flatten()
            .narrow(0, from - first * ScaleBlock, count)
            .add_(Mean);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var part in Parts)
            part.Dispose();
        base.Dispose();
    }
}
