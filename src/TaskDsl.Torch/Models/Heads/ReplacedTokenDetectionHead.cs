using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Heads;

/// <summary>Whether each token was replaced, as one logit a token (ELECTRA, arXiv 2003.10555). Families name its maps.</summary>
public sealed record ReplacedTokenDetectionHead : Head
{
    /// <inheritdoc/>
    public override string ClassSuffix => "ForPreTraining";

    /// <inheritdoc/>
    public override string Summary => "that finds replaced tokens";

    /// <inheritdoc/>
    public override int Outputs(ModelConfig config) => 1;

    /// <inheritdoc/>
    public override Tensor Scores(Tensor outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return outputs.squeeze(-1); // […, 1] becomes […]
    }
}
