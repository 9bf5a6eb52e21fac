namespace TaskDsl.Torch.Optimizers;

/// <summary>How gradients become steps. Each optimizer is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Optimizer;
