using System.Buffers;
using Apache.Arrow.Memory;

namespace TaskDsl.Data.Sources.Reading;

/// <summary>
/// Plain arrays as Arrow's memory: batches share their dictionaries, so that none of them can say when these are done with.
/// </summary>
internal sealed class ArrowMemory : MemoryAllocator
{
    protected override IMemoryOwner<byte> AllocateInternal(int length, out int bytesAllocated)
    {
        bytesAllocated = length;
        return new Owner(new byte[length]);
    }

    private sealed class Owner(byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose() { }
    }
}
