using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning;

/// <summary>Only biases are trained (BitFit, Ben Zaken et al., arXiv 2106.10199), and the weights of a task's head.</summary>
/// <remarks>A whole model is saved.</remarks>
[Keyword("bitfit")]
public sealed record BitFit : TuningMethod
{
    /// <inheritdoc/>
    public override TunedModel Start(LanguageModel model, int seed)
    {
        if (!model.Parameters.Keys.Any(name => name.EndsWith(".bias", StringComparison.Ordinal)))
            throw new MisfitException(
                $"tuning.bitfit: a {model.Config.ModelType} like this has no biases; choose another method, lora for one."
            );
        if (model.IsQuantised)
            throw new MisfitException(
                "tuning.bitfit: only biases are trained, but a whole model is saved with all its weights, and model.pretrained.weights "
                    + "keeps them in few bits: the file would hold either rounded ones, or original ones, beside which the biases did not "
                    + "learn. Tune by an adapter, lora for one, or leave weights out."
            );
        return new PartlyTrained(model, name => name.EndsWith(".bias", StringComparison.Ordinal) || model.TaskWeights.Contains(name));
    }
}
