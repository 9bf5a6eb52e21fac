namespace TaskDsl.Torch.Optimizers.Steps;

/// <summary>What is particular about the steps of some tensors.</summary>
/// <param name="LearningRate">Multiplies the learning rate.</param>
/// <param name="Decays">Whether weight decay acts on them.</param>
public readonly record struct ParameterGroup(double LearningRate, bool Decays)
{
    /// <summary>Nothing is particular.</summary>
    public ParameterGroup()
        : this(1, true) { }
}
