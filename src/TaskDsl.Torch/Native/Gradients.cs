using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>Backward passes whose exceptions arrive.</summary>
public static class Gradients
{
    private static readonly ConcurrentQueue<Exception> Kept = new();

    /// <summary>What backwards have returned, thread by thread: on a GPU they run on one of libtorch's own.</summary>
    private static readonly ThreadLocal<List<Tensor>> Returned = new(() => [], trackAllValues: true);
    private static readonly Lock Passes = new();
    private static int running;

    /// <summary>Adds the gradients of a scalar to the leaves that it depends on.</summary>
    /// <exception cref="Exception">
    /// What the backward of a <see cref="GuardedFunction{TSelf}"/> threw. The gradients are then incomplete.
    /// </exception>
    public static void Backward(Tensor loss)
    {
        Kept.Clear();
        lock (Passes)
            running++;
        try
        {
            loss.backward();
        }
        finally
        {
            lock (Passes) // While no pass is under way and none can begin, libtorch has taken over all that was returned.
                if (--running == 0)
                    foreach (var returned in Returned.Values)
                        Free(returned);
                else
                    FreeReturned();
        }

        if (Kept.TryDequeue(out var first))
            ExceptionDispatchInfo.Throw(first);
    }

    /// <summary>Holds what a backward returns until libtorch has taken it over, which it has when the next one begins.</summary>
    internal static void Return(Tensor? gradient)
    {
        if (gradient is not null)
            Returned.Value!.Add(gradient.DetachFromDisposeScope());
    }

    /// <summary>Frees what this thread's backwards have returned.</summary>
    internal static void FreeReturned() => Free(Returned.Value!);

    private static void Free(List<Tensor> returned)
    {
        foreach (var tensor in returned)
            tensor.Dispose();
        returned.Clear();
    }

    internal static void Keep(Exception exception) => Kept.Enqueue(exception);
}
