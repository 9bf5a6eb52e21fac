using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Native;

/// <summary>Backward passes whose exceptions arrive.</summary>
public static class Gradients
{
    private static readonly ConcurrentQueue<Exception> Kept = new();

    [ThreadStatic]
    private static List<Tensor>? returned;

    /// <summary>Adds the gradients of a scalar to the leaves that it depends on.</summary>
    /// <exception cref="Exception">
    /// What the backward of a <see cref="GuardedFunction{TSelf}"/> threw. The gradients are then incomplete.
    /// </exception>
    public static void Backward(Tensor loss)
    {
        Kept.Clear();
        loss.backward();
        FreeReturned();
        if (Kept.TryDequeue(out var first))
            ExceptionDispatchInfo.Throw(first);
    }

    /// <summary>Holds what a backward returns until libtorch has taken it over, which it has when the next one begins.</summary>
    internal static void Return(Tensor? gradient)
    {
        if (gradient is not null)
            (returned ??= []).Add(gradient.DetachFromDisposeScope());
    }

    internal static void FreeReturned()
    {
        foreach (var tensor in returned ?? [])
            tensor.Dispose();
        returned?.Clear();
    }

    internal static void Keep(Exception exception) => Kept.Enqueue(exception);
}
