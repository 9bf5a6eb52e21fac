using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Native;

/// <summary>
/// GPUs that are not there, until it is disposed: devices resolve to them, and whatever is drawn on them is drawn on the CPU.
/// </summary>
internal sealed class FakeGpus : IGpus, IDisposable
{
    private readonly IGpus before = TorchRuntime.Gpus;
    private readonly long? free;

    public FakeGpus(int count, long? free = null)
    {
        (Count, this.free) = (count, free);
        TorchRuntime.Gpus = this;
    }

    public bool IsBuilt { get; init; } = true;

    public bool Tf32 { get; set; } = true;

    public int Count { get; }

    /// <summary>The seeds that they were given.</summary>
    public List<long> Seeds { get; } = [];

    /// <summary>How often free memory was asked for.</summary>
    public List<int> Asked { get; } = [];

    public void Seed(long seed)
    {
        Seeds.Add(seed);
        random.manual_seed(seed);
    }

    public long? Free(int index)
    {
        Asked.Add(index);
        return free;
    }

    public void Dispose() => TorchRuntime.Gpus = before;
}
