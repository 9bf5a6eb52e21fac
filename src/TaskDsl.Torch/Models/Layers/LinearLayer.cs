using TaskDsl.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>One linear map of the model, the embedding and the head among them: a named site that a tuning method can act on.</summary>
public sealed class LinearLayer
{
    internal LinearLayer(
        int layer,
        IReadOnlyList<Site> sites,
        string name,
        long output,
        long input,
        bool biased,
        bool transposed,
        ParameterSource make
    )
    {
        (Layer, Sites, Name, Outputs, Inputs, IsTransposed) = (layer, sites, name, output, input, transposed);
        Weight = transposed ? make($"{name}.weight", input, output) : make($"{name}.weight", output, input);
        Bias = biased ? make($"{name}.bias", output) : null;
    }

    /// <summary>A map whose weight is there already: the embedding, which maps the choice of a token, or the head.</summary>
    /// <param name="site">Which of the two.</param>
    /// <param name="name">The module's name.</param>
    /// <param name="weight"><c>[vocabulary, size]</c>.</param>
    internal LinearLayer(Site site, string name, Parameter weight)
    {
        (Sites, Name, Weight, IsTransposed) = ([site], name, weight, site == Site.Embedding);
        var (tokens, size) = (weight.size(0), weight.size(1));
        (Inputs, Outputs) = IsTransposed ? (tokens, size) : (size, tokens);
    }

    /// <summary>The layer that it belongs to, from 0; null = it is the embedding or the head.</summary>
    public int? Layer { get; }

    /// <summary>What it is in its layer; several where one map makes queries, keys and values at once.</summary>
    public IReadOnlyList<Site> Sites { get; }

    /// <summary>The module's name in Hugging Face's layout, <c>model.layers.0.self_attn.q_proj</c>.</summary>
    public string Name { get; }

    /// <summary>The size of what goes in.</summary>
    public long Inputs { get; }

    /// <summary>The size of what comes out.</summary>
    public long Outputs { get; }

    /// <summary><c>[out, in]</c>, float32; <c>[in, out]</c> where <see cref="IsTransposed"/>.</summary>
    public Parameter Weight { get; }

    /// <summary>Whether the weight is stored as <c>[in, out]</c> (GPT-2's Conv1D, and embeddings).</summary>
    public bool IsTransposed { get; }

    /// <summary><c>[out]</c>, float32; null where the map has none.</summary>
    public Parameter? Bias { get; }

    /// <summary>The weight as <c>[out, in]</c>.</summary>
    public Tensor Matrix => IsTransposed ? Weight.t() : Weight;

    /// <summary>What tuning methods make of the map: each update stands on those before it.</summary>
    public IList<LinearUpdate> Updates { get; } = [];

    /// <summary>The map with all its updates.</summary>
    public LinearMap Updated => new(this, Updates.Count);

    /// <summary>Maps <c>[…, in]</c> to <c>[…, out]</c>.</summary>
    public Tensor Forward(Tensor x) => Updated.Forward(x);

    /// <summary>The columns of the weight at some places, as the embedding is used: int64 <c>[…]</c> becomes <c>[…, out]</c>.</summary>
    public Tensor LookUp(Tensor ids) => Updated.LookUp(ids);

    /// <summary>The map alone, without its <see cref="Updates"/>.</summary>
    public Tensor Plain(Tensor x) => Ops.Linear(x, Matrix, Bias);
}
