using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Learned keys and values in front of those of every layer, made by a small network while they are trained (prefix tuning, Li and Liang,
/// arXiv 2101.00190). Saved in PEFT's layout: the network's result.
/// </summary>
[Keyword("prefix_tuning")]
public sealed record PrefixTuning : Tuning
{
    /// <summary>How many.</summary>
    [Range(1, 4096)]
    public int VirtualTokens { get; init; } = 20;

    /// <summary>The width inside the network.</summary>
    [Range(1, 1 << 16)]
    public int Projection { get; init; } = 512;

    /// <inheritdoc/>
    public override TunedModel Apply(LanguageModel model, int seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        var (_, heads, head) = model.PrefixShape;
        long size = heads * head;
        return VirtualTokenAdapter.Prefix(model, tensor(new Draw(seed, Draw.Seed("prefix_tuning")).Normal(VirtualTokens * size, 1), [VirtualTokens, size]),
            VirtualTokenAdapter.Linear(Projection, size, seed, "prefix_tuning.0"), VirtualTokenAdapter.Linear(VirtualTokenAdapter.PrefixSize(model), Projection, seed, "prefix_tuning.2"));
    }
}
