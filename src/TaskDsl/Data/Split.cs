using System.Buffers;
using System.Buffers.Binary;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>
/// Divides the examples whose source names no part: <c>{validation: 0.1, test: 0.2}</c> at random,
/// <c>stratified: {by: type}</c> with the same share of each value, <c>grouped: {by: contract}</c> with what belongs together in one part.
/// Whatever the way, the parts depend on the examples and the seed alone, and equal inputs fall into one part (of one stratum).
/// </summary>
public abstract record Split
{
    // Said to the compiler too, which checks that something is left to train on.
    private const double UsualValidation = 0.1;
    private const double UsualTest = 0.2;

    /// <summary>The share that goes to the validation part.</summary>
    [Range(0.0, 0.9), DefaultValue(UsualValidation)]
    public double Validation { get; init; } = UsualValidation;

    /// <summary>The share that goes to the test part.</summary>
    [Range(0.0, 0.9), DefaultValue(UsualTest)]
    public double Test { get; init; } = UsualTest;

    /// <summary>Another seed gives another division.</summary>
    public int Seed { get; init; }

    /// <summary>Passes the examples on; a split that must see all of them first gives each its part (in its origin).</summary>
    public virtual IAsyncEnumerable<T> DivideAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        CancellationToken cancellationToken
    )
        where T : Example => examples;

    /// <summary>The part of an example that has none yet: drawn by a hash of its key. Safe from several threads.</summary>
    /// <param name="example">The example.</param>
    /// <param name="task">Its task.</param>
    /// <param name="scratch">A buffer to work in.</param>
    public SplitName PartOf(Example example, DslTask task, ArrayBufferWriter<byte> scratch)
    {
        var share = Draw(example, task, scratch) / (ulong.MaxValue + 1.0);
        return share < Test ? SplitName.Test
            : share < Test + Validation ? SplitName.Validation
            : SplitName.Train;
    }

    /// <summary>A number drawn by the seed and the example's key, all equally likely.</summary>
    private protected ulong Draw(Example example, DslTask task, ArrayBufferWriter<byte> scratch)
    {
        scratch.ResetWrittenCount();
        BinaryPrimitives.WriteInt32LittleEndian(scratch.GetSpan(4), Seed);
        scratch.Advance(4);
        WriteKey(scratch, example, task);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(scratch.WrittenSpan, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>Writes the key: examples with equal keys fall into one part. Here: the input.</summary>
    protected virtual void WriteKey(IBufferWriter<byte> utf8, Example example, DslTask task) => task.WriteInput(utf8, example.InputValue);
}
