using TaskDsl.Torch.Native;
using TorchSharp;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;
using static TorchSharp.torch;

[assembly: Parallelization(Mode = ParallelMode.None)] // One process-wide random state and thread pool.

namespace TaskDsl.Torch.Tests;

/// <summary>A test over tensors: same random numbers each time, and one scope that frees them.</summary>
public abstract class TorchTest : IDisposable
{
    private readonly DisposeScope scope;

    protected TorchTest()
    {
        TorchRuntime.Threads = 1; // On a busy machine the threads of a tiny model wait for each other longer than they compute.
        TorchRuntime.Tf32 = false; // Where the tests run on a GPU, numbers are compared in full.
        scope = NewDisposeScope();
        manual_seed(1);
    }

    public void Dispose()
    {
        scope.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        using var difference = (expected.to(ScalarType.Float32) - actual.to(ScalarType.Float32)).abs().max();
        Assert.True(difference.ToSingle() <= tolerance, $"differs by {difference.ToSingle():E2}, more than {tolerance:E2}");
    }

    /// <summary>
    /// How many tensors there are, once what earlier tests left to finalizers is gone: from here on the count can only grow by leaks.
    /// </summary>
    protected static long SettledTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return TorchSharp.torch.Tensor.TotalCount;
    }
}
