using System.Buffers;
using System.Runtime.CompilerServices;
using TaskDsl.Data.Stages;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>
/// Changes examples by a lambda; the result is checked like a record of a file. It has no word: YAML has <see cref="Map"/>.
/// </summary>
internal sealed record TypedMap<TExample>(Func<TExample, TExample> Change) : Stage
    where TExample : Example
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var record = new ArrayBufferWriter<byte>();
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            record.ResetWrittenCount();
            context.Write(Change((TExample)(Example)example), record);
            if (context.Read(record.WrittenSpan, example) is { } changed)
                yield return changed;
        }
    }
}
