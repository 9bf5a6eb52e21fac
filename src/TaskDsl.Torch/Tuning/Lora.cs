using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using TaskDsl.Vocabulary;
using TorchSharp.Modules;
using static TorchSharp.torch;

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

    /// <inheritdoc/>
    /// <remarks>A begins uniform in ±1/√in, as PEFT's Kaiming initialisation comes to, and B zero: the first step starts at the model as it is.</remarks>
    public override TunedDecoder Apply(Decoder decoder, int seed)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        var layers = decoder.Sites.Where(layer => Sites.Contains(layer.Site)).ToArray();
        var missing = Sites.Except(layers.Select(layer => layer.Site)).ToArray();
        if (missing.Length > 0 || layers.Length == 0)
            throw new NotSupportedException($"tuning.lora.sites: {(missing.Length > 0 ? string.Join(", ", missing.Select(s => s.ToString().ToLowerInvariant())) : "no site")} — low-rank updates act on the linear layers that this model has: {string.Join(", ", decoder.Sites.Select(l => l.Site.ToString().ToLowerInvariant()).Distinct())}.");
        var updates = new Dictionary<LinearLayer, LowRankUpdate>();
        foreach (var layer in layers)
        {
            var (output, input) = (layer.Weight.size(0), layer.Weight.size(1));
            var draw = new Draw(seed, Draw.Seed("lora"), Draw.Seed(layer.Name));
            var bound = 1 / Math.Sqrt(input);
            var a = new float[Rank * input];
            for (var i = 0; i < a.Length; i++) a[i] = (float)(bound * ((draw.Next() >> 11) * (2.0 / (1L << 53)) - 1));
            using var scope = NewDisposeScope();
            updates.Add(layer, new LowRankUpdate(tensor(a, [Rank, input], device: decoder.Device), zeros(output, Rank, device: decoder.Device), Alpha / Rank));
        }

        return new LoraAdapter(decoder, updates, Rank, Alpha);
    }
}

/// <summary>One layer's low-rank update: y + scale · (x Aᵀ) Bᵀ.</summary>
internal sealed class LowRankUpdate : LinearUpdate, IDisposable
{
    private readonly float scale;

    public LowRankUpdate(Tensor a, Tensor b, double scale)
    {
        A = new Parameter(a.detach(), requires_grad: true);
        B = new Parameter(b.detach(), requires_grad: true);
        A.DetachFromDisposeScope();
        B.DetachFromDisposeScope();
        this.scale = (float)scale;
    }

    /// <summary><c>[rank, in]</c>.</summary>
    public Parameter A { get; }

    /// <summary><c>[out, rank]</c>.</summary>
    public Parameter B { get; }

    /// <inheritdoc/>
    public override Tensor Apply(LinearLayer layer, Tensor x, Tensor y)
    {
        var flat = x.reshape(-1, x.size(-1));
        return addmm(y.reshape(-1, y.size(-1)), flat.mm(A.t()), B.t(), beta: 1, alpha: scale).view(y.shape);
    }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
    }
}
