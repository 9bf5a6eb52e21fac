using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>Draws an example's part from a hash of its input.</summary>
internal sealed class Splitter(DslTask task)
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    public SplitName Of(object input)
    {
        bytes.ResetWrittenCount();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), task.Split.Seed);
        bytes.Advance(4);
        task.WriteInput(bytes, input);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes.WrittenSpan, hash);
        var share = BinaryPrimitives.ReadUInt64LittleEndian(hash) / (ulong.MaxValue + 1.0);
        return share < task.Split.Test ? SplitName.Test
            : share < task.Split.Test + task.Split.Validation ? SplitName.Validation
            : SplitName.Train;
    }
}
