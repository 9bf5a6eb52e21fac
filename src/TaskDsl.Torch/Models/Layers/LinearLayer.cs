using TaskDsl.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>One linear map of the model: a named site that a tuning method can act on.</summary>
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

    /// <summary>The layer that it belongs to, from 0.</summary>
    public int Layer { get; }

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

    /// <summary>Whether the weight is stored as <c>[in, out]</c> (GPT-2's Conv1D).</summary>
    public bool IsTransposed { get; }

    /// <summary><c>[out]</c>, float32; null where the map has none.</summary>
    public Parameter? Bias { get; }

    /// <summary>The weight as <c>[out, in]</c>.</summary>
    public Tensor Matrix => IsTransposed ? Weight.t() : Weight;

    /// <summary>What a tuning method puts in the place of the map; null = nothing.</summary>
    public LinearUpdate? Update { get; set; }

    /// <summary>Maps <c>[…, in]</c> to <c>[…, out]</c>.</summary>
    public Tensor Forward(Tensor x) => Update is null ? Plain(x) : Update.Forward(this, x);

    /// <summary>The map alone, whatever <see cref="Update"/> says.</summary>
    public Tensor Plain(Tensor x) => Ops.Linear(x, Matrix, Bias);
}
