namespace TaskDsl.Torch.Optimizers;

/// <summary>How gradients become steps. Each optimizer is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Optimizer
{
    /// <summary>Begins to optimise.</summary>
    /// <param name="parameters">What is trained; its gradients are filled in before each step.</param>
    public abstract OptimizerRun Start(FlatParameters parameters);
}
