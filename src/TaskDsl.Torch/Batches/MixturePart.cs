namespace TaskDsl.Torch.Batches;

/// <summary>What the cells of a mixture are told apart by.</summary>
public enum MixturePart
{
    /// <summary>The task.</summary>
    Task,

    /// <summary>The language of an example.</summary>
    Language,

    /// <summary>The phrasing: each example is there once in each.</summary>
    Phrasing,
}
