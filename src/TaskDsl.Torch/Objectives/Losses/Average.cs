namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>What a loss is averaged over.</summary>
public enum Average
{
    /// <summary>Tokens: a long answer weighs more than a short one.</summary>
    Tokens,

    /// <summary>
    /// Examples: an answer weighs the same however long it is, so that tasks with short answers are not drowned by the others.
    /// </summary>
    Examples,
}
