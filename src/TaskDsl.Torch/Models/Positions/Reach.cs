using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Positions;

/// <summary>How far positions reach, as far as the host knows: to ask the device would be to wait for it.</summary>
/// <param name="Most">No position is as large; null = nothing is known.</param>
/// <param name="IsExact">Whether the largest is one less.</param>
internal readonly record struct Reach(long? Most, bool IsExact)
{
    /// <summary>The largest position and one.</summary>
    /// <param name="positions">The positions, int64.</param>
    public long Of(Tensor positions) => IsExact && Most is { } known ? known : positions.max().item<long>() + 1;

    /// <summary>Whether all positions are below a number.</summary>
    /// <param name="limit">The number.</param>
    /// <param name="positions">The positions, int64.</param>
    public bool IsWithin(long limit, Tensor positions) => Most <= limit || Of(positions) <= limit;
}
