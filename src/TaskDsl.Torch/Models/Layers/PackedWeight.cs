using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>
/// A weight as oneDNN wants it for its products, float32 as it was: laid out once, and not in each product, it makes those of 8 to 256
/// rows two to three times as fast. For models that read texts and are not trained.
/// </summary>
internal sealed class PackedWeight : QuantisedWeight
{
    private readonly Tensor packed;

    private PackedWeight(Tensor matrix)
        : base(matrix.size(0), matrix.size(1)) => packed = LinearKernel.Pack(matrix).DetachFromDisposeScope();

    /// <summary>The form of all layers' weights, where products are the faster by it; null = they stay as they are.</summary>
    public static WeightFormat? On(Device device) =>
        device.type == TorchSharp.DeviceType.CPU && LinearKernel.IsFaster ? new Format() : null;

    public override long Bytes => 4 * Count;

    public override Tensor Rows(long from, long count)
    {
        using var scope = NewDisposeScope();
        return packed.to_dense().narrow(0, from, count).MoveToOuterDisposeScope();
    }

    public override Tensor Product(Tensor x, Tensor? bias) =>
        x.dtype == ScalarType.Float32 ? LinearKernel.Product(x, packed, bias) : base.Product(x, bias);

    public override void Dispose()
    {
        packed.Dispose();
        base.Dispose();
    }

    private sealed record Format : WeightFormat
    {
        public override QuantisedWeight? Quantise(Tensor matrix) => new PackedWeight(matrix);
    }
}
