namespace TaskDsl.Torch.Models.Heads;

/// <summary>The bare model: the hidden states themselves, and a pooled first token where the family has a map for it.</summary>
public sealed record PooledHead : Head
{
    /// <inheritdoc/>
    public override string ClassSuffix => "Model";

    /// <inheritdoc/>
    public override string Summary => "without a head";

    /// <inheritdoc/>
    public override int Outputs(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return config.HiddenSize;
    }
}
