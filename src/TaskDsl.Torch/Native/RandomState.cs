using TorchSharp;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>Where a device's random numbers are, to draw the same ones again.</summary>
internal sealed class RandomState
{
    private readonly byte[]? state;
    private readonly long seed;

    private RandomState(byte[]? state, long seed) => (this.state, this.seed) = (state, seed);

    /// <summary>
    /// Begins all random numbers of torch anew, on whatever device they are drawn: <c>manual_seed</c> knows the CPU's only.
    /// </summary>
    public static void Seed(long seed)
    {
        random.manual_seed(seed);
        TorchRuntime.Gpus.Seed(seed);
    }

    /// <summary>
    /// Remembers the place. TorchSharp cannot read a GPU's: there a new seed is drawn on the CPU and the GPU goes on from it.
    /// </summary>
    public static RandomState Take(Device device)
    {
        using var scope = NewDisposeScope();
        if (device.type == DeviceType.CPU || TorchRuntime.Gpus.Count == 0)
            return new RandomState(get_rng_state().data<byte>().ToArray(), 0);
        var place = new RandomState(null, randint(long.MaxValue, [1], dtype: ScalarType.Int64).ToInt64());
        place.Restore();
        return place;
    }

    /// <summary>Goes back to it.</summary>
    public void Restore()
    {
        using var scope = NewDisposeScope();
        if (state is null)
            TorchRuntime.Gpus.Seed(seed); // A backward's thread has another current GPU than the forward's.
        else
            set_rng_state(tensor(state));
    }
}
