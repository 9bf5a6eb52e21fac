using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using TaskDsl.Tasks;

namespace TaskDsl.Data.Stages.Hashing;

/// <summary>Hashes of examples: what is decided by them depends on nothing but the examples. For one thread.</summary>
public sealed class ExampleHash(DslTask task)
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>A hash of the input, to tell whether it was there before (XxHash3).</summary>
    public ulong OfInput(Example example)
    {
        bytes.ResetWrittenCount();
        task.WriteInput(bytes, example.InputValue);
        return XxHash3.HashToUInt64(bytes.WrittenSpan);
    }

    /// <summary>A hash of input and output (XxHash3).</summary>
    public ulong OfExample(Example example)
    {
        bytes.ResetWrittenCount();
        task.WriteExample(bytes, example.InputValue, example.OutputValue);
        return XxHash3.HashToUInt64(bytes.WrittenSpan);
    }

    /// <summary>A number that is drawn for the input (by SHA-256): other purposes and seeds give others.</summary>
    public ulong Draw(Example example, string purpose, int seed)
    {
        bytes.ResetWrittenCount();
        foreach (var c in purpose)
            bytes.Write([(byte)c]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), seed);
        bytes.Advance(4);
        task.WriteInput(bytes, example.InputValue);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes.WrittenSpan, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
