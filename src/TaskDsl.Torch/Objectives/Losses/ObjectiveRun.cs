using TaskDsl.Torch.Batches;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>
/// An objective at work: it owns what it needs besides the model (a teacher, what the model said before tuning) until it is disposed.
/// </summary>
/// <remarks>
/// A run minimises Σ weight · sum / count over the terms, each sum and count taken over all batches of a step: a step's batches are counted
/// first, so that gathering gradients over small batches equals one large batch, for any number of terms.
/// </remarks>
public abstract class ObjectiveRun : IDisposable
{
    private static readonly IReadOnlyList<LossTerm> One = [new("loss")];

    /// <summary>The terms of the loss, in the order of <see cref="Count"/> and <see cref="Loss"/>. Default: one.</summary>
    public virtual IReadOnlyList<LossTerm> Terms => One;

    /// <summary>How much a batch has of what each term is a mean over: tokens, or examples. The same whenever it is asked.</summary>
    /// <param name="batch">The batch; no model is run over it.</param>
    public abstract double[] Count(TokenBatch batch);

    /// <summary>
    /// The sum of each term over a batch. What is drawn for a sequence is drawn from its <see cref="PlacedSequence.Seed"/>.
    /// </summary>
    /// <param name="pass">The model over the batch, which all terms share.</param>
    public abstract LossSum[] Loss(ForwardPass pass);

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the run owns. Default: nothing.</summary>
    protected virtual void Free() { }
}
