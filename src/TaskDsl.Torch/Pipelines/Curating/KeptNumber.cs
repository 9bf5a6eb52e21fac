namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>A number that stands beside an example's fields.</summary>
public enum KeptNumber
{
    /// <summary>What a <c>score</c> step has given it.</summary>
    Score,

    /// <summary>How sure the model was of its answer, which a <c>generate</c> step has kept.</summary>
    Confidence,
}
