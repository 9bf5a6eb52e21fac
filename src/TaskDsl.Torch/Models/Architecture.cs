using System.Text.RegularExpressions;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;

namespace TaskDsl.Torch.Models;

/// <summary>What a model is made of, and how its weights are called.</summary>
internal sealed record Architecture
{
    /// <summary>A stack whose tokens see ahead; null = none.</summary>
    public StackShape? Encoder { get; init; }

    /// <summary>A stack that writes; null = none.</summary>
    public StackShape? Decoder { get; init; }

    /// <summary>Whether the projection to the vocabulary is the embedding itself.</summary>
    public bool Tied { get; init; }

    /// <summary>The projection's name where it is not tied.</summary>
    public string Head { get; init; } = "lm_head";

    /// <summary>Multiplies the hidden states before the projection (T5).</summary>
    public double HeadScale { get; init; } = 1;

    /// <summary>A stored vector that is added to the scores (BART's <c>final_logits_bias</c>); missing = zeros.</summary>
    public string? HeadBias { get; init; }

    /// <summary>Scores are bent into ± this (Gemma 2).</summary>
    public double? HeadCap { get; init; }

    /// <summary>What an encoder's states are used for; null = they are the result.</summary>
    public HeadShape? Task { get; init; }

    /// <summary>What weights are called in front, which files of bare models leave out.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Weights that checkpoints carry and the model has no use for: buffers, second names of tied weights, other heads.</summary>
    public Regex? Ignored { get; init; }

    /// <summary>The beginning of the family's class names, <c>Bert</c>, where there are several heads.</summary>
    public string? ClassStem { get; init; }

    /// <summary>The token that a decoder begins with, behind an encoder.</summary>
    public int? DecoderStart { get; init; }

    /// <summary>The longest row, where the model has such a limit.</summary>
    public int MaxPositions { get; init; } = int.MaxValue;

    public Architecture Check(string path)
    {
        Encoder?.Check(path);
        Decoder?.Check(path);
        if (MaxPositions < 1)
            throw new ModelException($"{path}: the number of positions is {MaxPositions}; expected one from 1.");
        return this;
    }
}

/// <summary>A head on an encoder: a dense map, a bend, a normalisation, then the result's map.</summary>
internal sealed record HeadShape
{
    public required HeadKind Kind { get; init; }

    public string? Dense { get; init; }

    /// <summary>The size behind <see cref="Dense"/>. Default: the hidden size.</summary>
    public int? DenseSize { get; init; }

    public Activation Activation { get; init; } = Activation.Tanh;

    public string? Norm { get; init; }

    /// <summary>The result's map; null = none.</summary>
    public string? Out { get; init; }

    /// <summary>The bias of a result over the vocabulary, whose map is the embedding.</summary>
    public string? TiedBias { get; init; }

    public int Outputs { get; init; } = 1;

    /// <summary>The names of its weights.</summary>
    public IEnumerable<string> Weights =>
        new[] { Dense, Norm, Out }
            .OfType<string>()
            .SelectMany(name => new[] { $"{name}.weight", $"{name}.bias" })
            .Concat(TiedBias is null ? [] : [TiedBias]);
}
