using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Tuning.Adapters;

namespace TaskDsl.Torch.Optimizers.Steps;

/// <summary>How gradients become steps. Each optimizer is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Optimizer
{
    /// <summary>
    /// What the learning rate is multiplied by for each layer further down from the top (ELECTRA, arXiv 2003.10555; BEiT, arXiv
    /// 2106.08254): the layers near the words change less. 1 = all alike.
    /// </summary>
    [Range(1e-3, 1.0)]
    public double LayerDecay { get; init; } = 1;

    /// <summary>Whether weight decay also acts on biases and on the weights of normalisations, as PyTorch's optimizers do.</summary>
    public bool DecayNormsAndBiases { get; init; } = true;

    /// <summary>Begins to optimise.</summary>
    /// <param name="parameters">What is trained; its gradients are filled in before each step.</param>
    public abstract OptimizerRun Start(FlatParameters parameters);

    /// <summary>Puts what is trained into flat buffers, in groups as this optimizer and the tuning method ask for.</summary>
    public FlatParameters Flatten(TunedModel tuned)
    {
        ArgumentNullException.ThrowIfNull(tuned);
        return new FlatParameters(tuned.Trained, name =>
            new(
                tuned.LearningRateFactor(name) * Math.Pow(LayerDecay, tuned.Model.DepthBelowTop(name)),
                DecayNormsAndBiases || tuned.Trained[name].dim() > 1
            )
        );
    }
}
