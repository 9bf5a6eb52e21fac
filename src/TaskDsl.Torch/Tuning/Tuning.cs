using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Tuning;

/// <summary>Which weights are trained, and in which form. Each method is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Tuning
{
    /// <summary>Prepares a model: what is not trained is frozen, what the method adds is added.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    public abstract TunedDecoder Apply(Decoder decoder, int seed);
}
