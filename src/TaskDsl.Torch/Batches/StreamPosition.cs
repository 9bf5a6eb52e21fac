namespace TaskDsl.Torch.Batches;

/// <summary>A place in a stream of steps.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Step">The step in the epoch, from 0.</param>
public readonly record struct StreamPosition(int Epoch, int Step);
