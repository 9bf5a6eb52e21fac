using TaskDsl.Torch.Models;

namespace TaskDsl.Torch.Tuning.Adapters;

/// <summary>Which weights are trained, and in which form. Each method is one file with a <c>[Keyword]</c> record.</summary>
public abstract record TuningMethod
{
    /// <summary>Prepares a model: what is not trained is frozen, what the method adds is added.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    /// <exception cref="MisfitException">The method does not fit the model.</exception>
    public abstract TunedModel Start(LanguageModel model, int seed);
}
