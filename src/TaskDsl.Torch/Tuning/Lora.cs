using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Tuning;

/// <summary>
/// Low-rank adaptation (Hu et al., arXiv 2106.09685): a frozen weight W is used as W + (alpha / rank) · B A, and only A
/// <c>[rank, in]</c> and B <c>[out, rank]</c> are trained. Saved in PEFT's layout.
/// </summary>
[Keyword("lora")]
public sealed record Lora : Tuning
{
    /// <summary>The rank of the update.</summary>
    [Range(1, 4096)]
    public int Rank { get; init; } = 8;

    /// <summary>The update is scaled by alpha / rank.</summary>
    [Range(0.0, 1e6)]
    public double Alpha { get; init; } = 16;

    /// <summary>The sites that get an update. Default: all linear layers of attention and feed-forward.</summary>
    public IReadOnlyList<Site> Sites { get; init; } = [Site.Query, Site.Key, Site.Value, Site.Output, Site.Gate, Site.Up, Site.Down];
}
