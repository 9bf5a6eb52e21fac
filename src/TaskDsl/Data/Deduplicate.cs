using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data;

/// <summary>Keeps the first of several examples with the same input; one that repeats it with another answer is counted apart.</summary>
[Keyword("deduplicate")]
public sealed record Deduplicate : Stage
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(IAsyncEnumerable<T> examples, DslTask task, Action<T, string> dropped, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new Dictionary<UInt128, UInt128>();
        var bytes = new ArrayBufferWriter<byte>();
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            bytes.ResetWrittenCount();
            task.WriteInput(bytes, example.InputValue);
            var input = Hash(bytes);
            bytes.ResetWrittenCount();
            task.WriteExample(bytes, example.InputValue, example.OutputValue);
            var whole = Hash(bytes);
            if (seen.TryAdd(input, whole)) yield return example;
            else dropped(example, seen[input] == whole ? "duplicate" : "duplicate input with another output");
        }
    }

    private static UInt128 Hash(ArrayBufferWriter<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(bytes.WrittenSpan, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
