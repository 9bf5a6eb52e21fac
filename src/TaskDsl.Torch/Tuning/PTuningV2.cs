using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Learned keys and values in front of those of every layer, trained as they are (P-tuning v2, Liu et al., arXiv 2110.07602). Saved in
/// PEFT's layout of prefix tuning.
/// </summary>
[Keyword("p_tuning_v2")]
public sealed record PTuningV2 : Tuning
{
    /// <summary>How many.</summary>
    [Range(1, 4096)]
    public int VirtualTokens { get; init; } = 20;

    /// <inheritdoc/>
    public override TunedModel Apply(LanguageModel model, int seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        var size = VirtualTokenAdapter.PrefixSize(model);
        return VirtualTokenAdapter.Prefix(model, tensor(new Draw(seed, Draw.Seed("p_tuning_v2")).Normal(VirtualTokens * size, 1), [VirtualTokens, size]));
    }
}
