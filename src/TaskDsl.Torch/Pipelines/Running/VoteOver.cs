namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What is voted on.</summary>
public enum VoteOver
{
    /// <summary>Whole answers.</summary>
    Answers,

    /// <summary>The items of lists.</summary>
    Items,
}
