namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What is taken where several sources have examples with the same input.</summary>
public enum Take
{
    /// <summary>All of it.</summary>
    All,

    /// <summary>What the first of them has: a model's own right answers, else another's, else gold (S3FT, arXiv 2502.08130).</summary>
    First,
}
