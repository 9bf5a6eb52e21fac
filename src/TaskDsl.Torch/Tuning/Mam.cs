using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// The mix-and-match adapter (MAM, He et al., arXiv 2110.04366): a short prefix in the attentions, and a wide scaled bottleneck beside each
/// feed-forward. Saved as <see cref="Combined"/>.
/// </summary>
/// <remarks>It cannot be merged.</remarks>
[Keyword("mam")]
public sealed record Mam : AdapterMethod
{
    /// <summary>The prefix's virtual tokens.</summary>
    [Range(1, 4096)]
    public int VirtualTokens { get; init; } = 30;

    /// <summary>The width inside the bottlenecks.</summary>
    [Range(1, 1 << 16)]
    public int Size { get; init; } = 512;

    /// <summary>Multiplies what the bottlenecks add.</summary>
    [Range(0.0, 1e4)]
    public double Scale { get; init; } = 4;

    private Combined Parts =>
        new()
        {
            Parts =
            [
                new PrefixTuning { VirtualTokens = VirtualTokens },
                new Bottleneck
                {
                    Place = BottleneckPlace.Parallel,
                    Size = Size,
                    Scale = Scale,
                },
            ],
        };

    /// <inheritdoc/>
    public override AdapterMethod AsStored(LanguageModel model) => Parts;

    /// <inheritdoc/>
    public override void Add(Adapter adapter, AdapterWeights weights) => Parts.Add(adapter, weights);
}
