namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What becomes of a record of which several answers are equally frequent.</summary>
public enum Ties
{
    /// <summary>It is left out.</summary>
    Drop,

    /// <summary>The answer that was given first stands.</summary>
    First,

    /// <summary>The shortest one as it is written, and of several the one that was given first (SELF-GUIDE, arXiv 2407.12874).</summary>
    Shortest,
}
