using System.Buffers;
using TaskDsl.Tasks;

namespace TaskDsl.Data;

/// <summary>One step that examples pass through after they are read. Each stage is one file with a <c>[Keyword]</c> record.</summary>
/// <remarks>
/// A stage gives the same examples in the same order whenever it is given the same, and counts each that it leaves out. One that must see
/// all of them before it gives the first lays them in an <see cref="ExampleFile{TExample}"/>, so that memory stays bounded.
/// </remarks>
public abstract record Stage
{
    /// <summary>What it reads besides the examples, so that a pipeline sees when that has changed. Default: nothing.</summary>
    public virtual IReadOnlyList<DataSource> Sources => [];

    /// <summary>Passes the examples on. What is left out is counted by <see cref="StageContext.Drop(Example, string, string?)"/>.</summary>
    public abstract IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        CancellationToken cancellationToken
    )
        where T : Example;

    /// <summary>
    /// Writes a record that does not fit its task as it would fit, where this is the first stage and a record is written in several ways.
    /// </summary>
    /// <param name="record">The record as it stands in the file.</param>
    /// <param name="source">Its source.</param>
    /// <param name="rewritten">Receives it.</param>
    /// <returns>False where there is nothing to change.</returns>
    public virtual bool TryRewrite(ReadOnlySpan<byte> record, DataSource source, IBufferWriter<byte> rewritten) => false;
}
