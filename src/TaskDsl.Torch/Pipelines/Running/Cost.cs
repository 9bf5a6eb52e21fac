namespace TaskDsl.Torch.Pipelines.Running;

/// <summary>What a measurement takes. Times and memory differ from run to run, the others do not.</summary>
public enum Cost
{
    /// <summary>The seconds that answering took.</summary>
    Seconds,

    /// <summary>The tokens of the questions.</summary>
    TokensIn,

    /// <summary>The tokens of the answers.</summary>
    TokensOut,

    /// <summary>The model's weights, its adapter's included.</summary>
    Weights,

    /// <summary>The weights that were tuned: its adapter's, or all where it has none.</summary>
    TunedWeights,

    /// <summary>The bytes of its weights in memory.</summary>
    Bytes,

    /// <summary>
    /// The most memory that this process has had while the model was open, in bytes; not measured where the system does not say.
    /// </summary>
    Memory,
}
