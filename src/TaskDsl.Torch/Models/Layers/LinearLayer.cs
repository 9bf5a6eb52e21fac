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
        Own = transposed ? make($"{name}.weight", input, output) : make($"{name}.weight", output, input);
        Bias = biased ? make($"{name}.bias", output) : null;
    }

    /// <summary>A map whose weight is there already: the embedding, which maps the choice of a token, or the head.</summary>
    /// <param name="site">Which of the two.</param>
    /// <param name="name">The module's name.</param>
    /// <param name="weight"><c>[vocabulary, size]</c>.</param>
    internal LinearLayer(Site site, string name, Parameter weight)
    {
        (Sites, Name, Own, IsTransposed) = ([site], name, weight, site == Site.Embedding);
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

    /// <summary>
    /// <c>[out, in]</c>, <c>[in, out]</c> where <see cref="IsTransposed"/>; float32, or less where it is frozen (<see cref="IsNarrow"/>).
    /// </summary>
    /// <exception cref="InvalidOperationException">It is <see cref="Quantised"/>.</exception>
    public Parameter Weight =>
        Own ?? throw new InvalidOperationException($"{Name} is kept in few bits: it has no weight that can be changed.");

    private Parameter? Own { get; set; }

    /// <summary>The weight where it is kept in few bits, always as <c>[out, in]</c>; null = it is not.</summary>
    public QuantisedWeight? Quantised { get; private set; }

    /// <summary>The shape of the weight in the model's files.</summary>
    public long[] Shape => IsTransposed ? [Inputs, Outputs] : [Outputs, Inputs];

    /// <summary>Whether the weight itself is trained.</summary>
    public bool IsTrained => Own?.requires_grad == true;

    /// <summary>Whether the weight is stored as <c>[in, out]</c> (GPT-2's Conv1D, and embeddings).</summary>
    public bool IsTransposed { get; }

    /// <summary><c>[out]</c>, float32; null where the map has none.</summary>
    public Parameter? Bias { get; }

    /// <summary>Whether the weight is frozen in 16 bits, which are all that its file has.</summary>
    internal bool IsNarrow => Own is { dtype: ScalarType.BFloat16 or ScalarType.Float16 };

    /// <summary>The weight as <c>[out, in]</c>, float32; made anew where it is kept in fewer bits.</summary>
    public Tensor Matrix => Quantised?.Matrix ?? Turned(IsNarrow ? Weight.to(ScalarType.Float32) : Weight);

    /// <summary>The same in the numbers that it is kept in, where products are in fewer bits anyway.</summary>
    private Tensor Factor => IsNarrow && Autocast.Current(Weight.device) is not null ? Turned(Weight) : Matrix;

    /// <summary>What tuning methods make of the map: each update stands on those before it.</summary>
    public IList<LinearUpdate> Updates { get; } = [];

    /// <summary>The map with all its updates.</summary>
    public LinearMap Updated => new(this, Updates.Count);

    /// <summary>Maps <c>[…, in]</c> to <c>[…, out]</c>.</summary>
    public Tensor Forward(Tensor x) => Updated.Forward(x);

    /// <summary>The columns of the weight at some places, as the embedding is used: int64 <c>[…]</c> becomes <c>[…, out]</c>.</summary>
    public Tensor LookUp(Tensor ids) => Updated.LookUp(ids);

    /// <summary>The map alone, without its <see cref="Updates"/>, and without its bias where that is not wanted.</summary>
    public Tensor Plain(Tensor x, bool biased = true) =>
        Quantised is { } few ? QuantisedLinear.Of(x, few, biased ? Bias : null) : Ops.Linear(x, Factor, biased ? Bias : null);

    /// <summary>Keeps the weight in 16 bits from here on, if that loses nothing.</summary>
    /// <returns>What stands in its place; null = it stays.</returns>
    internal Parameter? Narrow(ScalarType type)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        var narrow = Weight.to(type);
        var isShape = Weight.device_type == TorchSharp.DeviceType.META;
        return isShape || narrow.to(ScalarType.Float32).Equals(Weight) ? Replace(narrow) : null;
    }

    /// <summary>Keeps the weight in float32 again, so that it can be changed.</summary>
    /// <returns>What stands in its place; null = it was in float32.</returns>
    internal Parameter? Widen()
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        return IsNarrow ? Replace(Weight.to(ScalarType.Float32)) : null;
    }

    private Parameter Replace(Tensor weight)
    {
        var replaced = new Parameter(weight, Own!.requires_grad);
        replaced.DetachFromDisposeScope();
        Own.Dispose();
        return Own = replaced;
    }

    private Tensor Turned(Tensor weight) => IsTransposed ? weight.t() : weight;

    /// <summary>Keeps the weight in another form from here on, and frees it.</summary>
    internal void Quantise(WeightFormat format)
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        Quantised = format.Quantise(Matrix.contiguous());
        if (Quantised is null)
            return;
        Own!.Dispose();
        Own = null;
    }

    /// <summary>Puts what a quantised weight stands for in its place, as frozen as it was.</summary>
    internal Parameter Dequantise()
    {
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        Own = new Parameter(IsTransposed ? Quantised!.Matrix.t().contiguous() : Quantised!.Matrix, requires_grad: false);
        Own.DetachFromDisposeScope();
        Quantised.Dispose();
        Quantised = null;
        return Own;
    }
}
