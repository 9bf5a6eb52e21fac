using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Positions;

namespace TaskDsl.Torch.Gguf;

/// <summary>
/// What one architecture of GGUF can say, as llama.cpp reads it (src/llama-arch.cpp of ggml-org/llama.cpp). Each is one file; a new one is
/// found by being there.
/// </summary>
internal abstract class GgufFamily
{
    /// <summary>All of them, by the model types of <c>config.json</c> that they say.</summary>
    public static IReadOnlyDictionary<string, GgufFamily> All { get; } =
        typeof(GgufFamily)
            .Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(GgufFamily)) && !type.IsAbstract)
            .Select(type => (GgufFamily)Activator.CreateInstance(type)!)
            .SelectMany(family => family.ModelTypes.Select(type => (Type: type, Family: family)))
            .OrderBy(found => found.Type, StringComparer.Ordinal)
            .ToDictionary(found => found.Type, found => found.Family, StringComparer.Ordinal);

    /// <summary>The model types that it says.</summary>
    public abstract IReadOnlyList<string> ModelTypes { get; }

    /// <summary>What GGUF calls it (<c>general.architecture</c>).</summary>
    public abstract string Architecture { get; }

    /// <summary>The activation that is built into it.</summary>
    public abstract Activation Activation { get; }

    /// <summary>
    /// Whether rotary positions turn neighbours in the place of halves, so that queries' and keys' rows are put in another order.
    /// </summary>
    public virtual bool TurnsNeighbours => false;

    /// <summary>Whether rotary positions may turn a part of a head only.</summary>
    public virtual bool TurnsParts => false;

    /// <summary>How rotary angles may be stretched.</summary>
    public virtual IReadOnlyList<Type> Stretches => [typeof(LinearRopeScaling), typeof(YarnRopeScaling)];

    /// <summary>Whether a head that is the embedding must be written a second time.</summary>
    public virtual bool NeedsOutput => false;

    /// <summary>Whether it says itself which layers see a window only; else the file's longest row is the window.</summary>
    public virtual bool KnowsWindows => false;

    /// <summary>What scores are multiplied by: another number is folded into the queries.</summary>
    public virtual double Scale(StackShape shape) => 1 / Math.Sqrt(shape.HeadSize);

    /// <summary>What its users should know, beyond what holds for all.</summary>
    public virtual IEnumerable<string> Notices(ModelConfig config, StackShape shape) => [];

    /// <summary>Settings of its own, without the architecture's name in front.</summary>
    public virtual IEnumerable<KeyValuePair<string, object>> Settings(ModelConfig config, StackShape shape) => [];

    /// <summary>What it cannot say of a model; each is a sentence's end behind "GGUF cannot say it: ".</summary>
    public virtual IEnumerable<string> Obstacles(ModelConfig config, StackShape shape)
    {
        var head = config.Architecture.Head.Shape!;
        if (shape.Causal && config.Head is not LmHead)
            yield return $"it ends in {config.Head.Name}, and a decoder's file ends in scores of tokens";
        if (config.IsBidirectional)
            yield return "its tokens see those behind them too (use_bidirectional_attention)";
        if (!IsNear(shape.Activation))
            yield return $"its activation is {shape.Activation}, and that of the architecture {Architecture} is {Activation}";
        if (config.Head is LmHead && (head.Dense ?? head.Norm ?? head.StoredBias ?? head.TiedBias) is not null | head.Scale != 1)
            yield return "its head does more than multiply";
        if (head.Cap is not null && !KnowsWindows)
            yield return "its scores are capped (final_logit_softcapping)";
        if (shape.ScoreCap is not null && !KnowsWindows)
            yield return "its attention is capped (attn_logit_softcapping)";
        if (shape.ResidualFromNorm)
            yield return "its residual is the normalised input (apply_residual_connection_post_layernorm)";
        if (shape.Positions is not Rotary rotary)
            yield break;
        if (rotary.Size != shape.HeadSize && !TurnsParts)
            yield return $"rotary positions turn {rotary.Size} of each head's {shape.HeadSize} numbers, and all were expected";
        if (rotary.Scaling is not null && !Stretches.Contains(rotary.Scaling.GetType()))
            yield return $"its rope_type is {GgufRope.Word(rotary.Scaling)}; expected default or one of "
                + string.Join(", ", Stretches.Select(GgufRope.Word));
        else if (rotary.Scaling is YarnRopeScaling { Truncate: false })
            yield return "its rope scaling is yarn with truncate: false";
    }

    /// <summary>llama.cpp has one GELU, the one with a hyperbolic tangent.</summary>
    private bool IsNear(Activation activation) =>
        activation == Activation || (Activation == Activation.GeluTanh && activation == Activation.Gelu);
}
