using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace TaskDsl.Data;

/// <summary>Work on a series by several threads, whose results come in the series' order whatever the number of threads.</summary>
internal static class OrderedWork
{
    /// <summary>
    /// Does something to each item. Few items are under way at a time, so that memory stays bounded; an error comes out behind the results
    /// of all items before it.
    /// </summary>
    public static async IAsyncEnumerable<TResult> OnThreads<T, TResult>(
        this IAsyncEnumerable<T> items,
        Func<T, TResult> work,
        int threads,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = Channel.CreateBounded<Task<TResult>>(
            new BoundedChannelOptions(threads) { SingleReader = true, SingleWriter = true }
        );
        var giving = Task.Run(GiveAsync, CancellationToken.None);
        try
        {
            await foreach (var result in underWay.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return await result.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await giving.ConfigureAwait(false);
        }

        async Task GiveAsync()
        {
            Exception? error = null;
            try
            {
                await foreach (var item in items.WithCancellation(stop.Token).ConfigureAwait(false))
                    await underWay.Writer.WriteAsync(Task.Run(() => work(item), stop.Token), stop.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                error = e; // The reader meets it behind the last result.
            }

            underWay.Writer.Complete(error);
        }
    }
}
