using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Learned keys and values in front of those of every layer, trained as they are (P-tuning v2, Liu et al., arXiv 2110.07602). Saved in
/// PEFT's layout of prefix tuning.
/// </summary>
[Keyword("p_tuning_v2")]
public sealed record PTuningV2 : VirtualTokenTuning
{
    private protected override VirtualTokenAdapter Make(LanguageModel model, int seed) =>
        VirtualTokenAdapter.Prefix(model, Normal(VirtualTokens, VirtualTokenAdapter.PrefixSize(model), seed, "p_tuning_v2"));
}
