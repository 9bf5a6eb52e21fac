namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>A text that was found.</summary>
/// <param name="Text">Its number in the index, from 0.</param>
/// <param name="Score">How near it is: a cosine, or BM25's score.</param>
public readonly record struct SearchHit(int Text, double Score);
