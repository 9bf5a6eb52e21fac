using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Models;

/// <summary>A head's maps by the names of their weights: a dense map, an activation, a normalisation, then the map to the result.</summary>
public sealed record HeadShape
{
    /// <summary>The dense map; null = none.</summary>
    public string? Dense { get; init; }

    /// <summary>The size behind <see cref="Dense"/>. Default: the hidden size.</summary>
    public int? DenseSize { get; init; }

    /// <summary>What stands behind <see cref="Dense"/>.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The layer normalisation; null = none.</summary>
    public string? Norm { get; init; }

    /// <summary>The map to the result, also where its weight is the embedding's (<see cref="Tied"/>); null = none.</summary>
    public string? Out { get; init; }

    /// <summary>Whether <see cref="Out"/> has a bias, <c>….bias</c>.</summary>
    public bool OutBias { get; init; } = true;

    /// <summary>Whether the map to the result is the embedding itself.</summary>
    public bool Tied { get; init; }

    /// <summary>The full name of a tied map's bias; null = none.</summary>
    public string? TiedBias { get; init; }

    /// <summary>
    /// A stored vector that is added to the result and never trained (BART's <c>final_logits_bias</c>); missing in a file = zeros.
    /// </summary>
    public string? StoredBias { get; init; }

    /// <summary>Scores are squashed into ± this by a hyperbolic tangent (Gemma 2); null = not.</summary>
    public double? Cap { get; init; }

    /// <summary>Multiplies the states before the map to the result (T5).</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The names of its own weights, in their order.</summary>
    public IEnumerable<string> Weights =>
        [.. Map(Dense, true), .. Map(Norm, true), .. Tied ? (IEnumerable<string>)(TiedBias is null ? [] : [TiedBias]) : Map(Out, OutBias)];

    private static IEnumerable<string> Map(string? name, bool bias) =>
        name is null ? []
        : bias ? [$"{name}.weight", $"{name}.bias"]
        : [$"{name}.weight"];
}
