using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>Hashes of examples (SHA-256): what is decided by them depends on nothing but the examples. For one thread.</summary>
internal sealed class ExampleHash(DslTask task)
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>A hash of the input.</summary>
    public ulong OfInput(Example example)
    {
        bytes.ResetWrittenCount();
        task.WriteInput(bytes, example.InputValue);
        return Hash();
    }

    /// <summary>A hash of input and output.</summary>
    public ulong OfExample(Example example)
    {
        bytes.ResetWrittenCount();
        task.WriteExample(bytes, example.InputValue, example.OutputValue);
        return Hash();
    }

    /// <summary>A number that is drawn for the input: other purposes and seeds give others.</summary>
    public ulong Draw(Example example, string purpose, int seed)
    {
        bytes.ResetWrittenCount();
        foreach (var c in purpose) bytes.Write([(byte)c]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), seed);
        bytes.Advance(4);
        task.WriteInput(bytes, example.InputValue);
        return Hash();
    }

    private ulong Hash()
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes.WrittenSpan, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
