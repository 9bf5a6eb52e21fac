using TaskDsl.HuggingFace;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models.Layers;

/// <summary>The activation between two linear maps.</summary>
public enum Activation
{
    /// <summary>x · Φ(x) (arXiv 1606.08415).</summary>
    Gelu,

    /// <summary>Its approximation by a hyperbolic tangent, as GPT-2 has it.</summary>
    GeluTanh,

    /// <summary>x · sigmoid(x).</summary>
    Silu,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x · sigmoid(1.702 x).</summary>
    QuickGelu,
}

internal static class Activations
{
    /// <summary>What <c>config.json</c> files call them.</summary>
    private static readonly Dictionary<string, Activation> Names = new(StringComparer.Ordinal)
    {
        ["gelu"] = Activation.Gelu,
        ["gelu_python"] = Activation.Gelu,
        ["gelu_new"] = Activation.GeluTanh,
        ["gelu_fast"] = Activation.GeluTanh,
        ["gelu_pytorch_tanh"] = Activation.GeluTanh,
        ["quick_gelu"] = Activation.QuickGelu,
        ["silu"] = Activation.Silu,
        ["swish"] = Activation.Silu,
        ["relu"] = Activation.Relu,
        ["tanh"] = Activation.Tanh,
    };

    /// <summary>The activation that a setting names.</summary>
    /// <exception cref="ModelException">There is none of that name.</exception>
    public static Activation Of(ConfigJson config, string setting, string otherwise) => Parse(config, config.Text(setting, otherwise));

    /// <summary>An activation by its name in Hugging Face's configurations.</summary>
    /// <exception cref="ModelException">There is none of that name.</exception>
    public static Activation Parse(ConfigJson config, string name) =>
        Names.TryGetValue(name, out var activation)
            ? activation
            : throw config.Bad($"the activation '{name}' is not supported; expected one of {string.Join(", ", Names.Keys)}.");

    public static Tensor Apply(this Activation activation, Tensor x) =>
        activation switch
        {
            Activation.Gelu => nn.functional.gelu(x),
            Activation.GeluTanh => x.gelu(GELU.Approximate.tanh),
            Activation.Silu => nn.functional.silu(x),
            Activation.Relu => nn.functional.relu(x),
            Activation.Tanh => x.tanh(),
            Activation.QuickGelu => x * sigmoid(x * 1.702),
            _ => throw new InvalidOperationException($"no activation {activation}"),
        };
}
