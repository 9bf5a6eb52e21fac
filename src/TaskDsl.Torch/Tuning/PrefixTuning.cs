using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Learned keys and values in front of those of every layer, made by a small network while they are trained (prefix tuning, Li and Liang,
/// arXiv 2101.00190). Saved in PEFT's layout: the network's result.
/// </summary>
[Keyword("prefix_tuning")]
public sealed record PrefixTuning : VirtualTokenTuning
{
    /// <summary>The width inside the network.</summary>
    [Range(1, 1 << 16)]
    public int Projection { get; init; } = 512;

    private protected override VirtualTokenAdapter Make(LanguageModel model, int seed)
    {
        var size = model.PrefixShape.KeyValueHeads * model.PrefixShape.HeadSize;
        return VirtualTokenAdapter.Prefix(
            model,
            Normal(VirtualTokens, size, seed, "prefix_tuning"),
            VirtualTokenAdapter.Linear(Projection, size, seed, "prefix_tuning.0"),
            VirtualTokenAdapter.Linear(VirtualTokenAdapter.PrefixSize(model), Projection, seed, "prefix_tuning.2")
        );
    }
}
