using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>
/// Rotary position embedding (Su et al., arXiv 2104.09864): each pair of a query's or key's numbers is turned by an angle that grows
/// with the position. The tables of cosines and sines grow as positions are asked for.
/// </summary>
internal sealed class RotaryPositions(DecoderConfig config, Device device) : IDisposable
{
    private Tensor? cosines, sines; // [positions, head size], the second half repeats the first

    /// <summary>Cosines and sines <c>[rows, seq, 1, size]</c> of given positions <c>[rows, seq]</c>; rows are 1 where all rows share them.</summary>
    public (Tensor Cosine, Tensor Sine) At(Tensor? positions, long past, long length)
    {
        Grow(positions is null ? past + length : positions.max().item<long>() + 1);
        if (positions is null) return (cosines!.narrow(0, past, length).view(1, length, 1, -1), sines!.narrow(0, past, length).view(1, length, 1, -1));
        var flat = positions.flatten();
        long[] shape = [positions.size(0), positions.size(1), 1, config.HeadSize];
        return (cosines!.index_select(0, flat).view(shape), sines!.index_select(0, flat).view(shape));
    }

    public void Dispose()
    {
        cosines?.Dispose();
        sines?.Dispose();
    }

    private void Grow(long needed)
    {
        if (cosines is not null && cosines.size(0) >= needed) return;
        var count = Math.Max(needed, cosines is null ? Math.Min(config.MaxPositions, 512) : 2 * cosines.size(0));
        var half = config.HeadSize / 2;
        var frequencies = new double[half];
        for (var i = 0; i < half; i++) frequencies[i] = Math.Pow(config.RopeTheta, -2.0 * i / config.HeadSize);
        config.RopeScaling?.Apply(frequencies);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        // Angles in float32, as the reference computes them: the models were trained with its rounding.
        var rates = tensor(frequencies.Select(f => (float)f).ToArray());
        var angles = arange(count, dtype: ScalarType.Float32).unsqueeze(1) * rates.unsqueeze(0);
        var both = cat([angles, angles], 1);
        Dispose();
        cosines = both.cos().to(device).DetachFromDisposeScope();
        sines = both.sin().to(device).DetachFromDisposeScope();
    }
}
