using static TorchSharp.torch;

namespace TaskDsl.Torch.Optimizers.Steps;

/// <summary>An optimizer at work: the step that it is at, and what it remembers between steps.</summary>
public abstract class OptimizerRun : IDisposable
{
    /// <summary>Steps taken so far. Set when a run is resumed, together with the contents of <see cref="State"/>.</summary>
    public long Steps { get; set; }

    /// <summary>What must be saved besides the parameters for the next step to be the same, by name.</summary>
    public abstract IReadOnlyDictionary<string, Tensor> State { get; }

    /// <summary>Changes the parameters by one step along their gradients.</summary>
    /// <param name="factor">The schedule's factor of the learning rate, in [0, 1].</param>
    /// <returns>The learning rate that was used.</returns>
    public double Step(double factor)
    {
        Steps++;
        return Update(factor);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in State.Values)
            tensor.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes step number <see cref="Steps"/>, which counts from 1.</summary>
    /// <returns>The learning rate that was used.</returns>
    protected abstract double Update(double factor);
}
