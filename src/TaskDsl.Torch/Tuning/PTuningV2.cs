using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Learned keys and values in front of those of every layer, trained as they are (P-tuning v2, Liu et al., arXiv 2110.07602). Saved in
/// PEFT's layout of prefix tuning.
/// </summary>
/// <remarks>PEFT calls it <c>PREFIX_TUNING</c>. It cannot be merged.</remarks>
[Keyword("p_tuning_v2")]
public sealed record PTuningV2 : VirtualTokenTuning
{
    /// <inheritdoc/>
    protected override bool IsPrefix => true;

    /// <inheritdoc/>
    public override AdapterMethod AsStored(LanguageModel model) =>
        new PrefixTuning { VirtualTokens = VirtualTokens, Projection = model.Config.HiddenSize };

    /// <inheritdoc/>
    protected override Func<Tensor> Table(AdapterWeights weights)
    {
        var (rows, size) = (Rows(weights.Model), Width(weights.Model));
        var table = weights.Trained("prompt_embeddings", [rows, size], () => Normal(weights, rows, size, "p_tuning_v2"));
        return () => table;
    }
}
