namespace TaskDsl.Torch.Batches;

/// <summary>One optimizer step's data.</summary>
/// <param name="Position">Where it stands in the stream.</param>
/// <param name="Batches">The batches whose gradients are gathered.</param>
public sealed record TrainingStep(StreamPosition Position, IReadOnlyList<TokenBatch> Batches);
