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

    /// <summary>What the last hidden states become.</summary>
    public FamilyHead Head { get; init; } = null!; // The family is asked for it first, then for the rest.

    /// <summary>What weights are called in front, which files of bare models leave out.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Weights that checkpoints carry and the model has no use for: buffers, second names of tied weights, other heads.</summary>
    public Regex? Ignored { get; init; }

    /// <summary>The token that a decoder begins with, behind an encoder.</summary>
    public int? DecoderStart { get; init; }

    /// <summary>The longest row, where the model has such a limit.</summary>
    public int MaxPositions { get; init; } = int.MaxValue;

    /// <summary>Whether a weight belongs to the bare model too: its name begins like all of that.</summary>
    public bool IsOfBareModel(string weight) => Prefix.Length > 0 && weight.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>
    /// Whether a new weight is drawn smaller, by √(2 · layers): a decoder's maps back into the residual stream (GPT-2). Encoders and
    /// encoder–decoders draw all alike, as BERT and T5 do.
    /// </summary>
    public bool IsDrawnSmaller(string weight) =>
        Encoder is null
        && Decoder is { } stack
        && (
            weight.EndsWith($".{stack.Attention.Output}.weight", StringComparison.Ordinal)
            || weight.EndsWith($".{stack.FeedForward.Down}.weight", StringComparison.Ordinal)
        );

    public Architecture Check(string path)
    {
        Encoder?.Check(path);
        Decoder?.Check(path);
        if (MaxPositions < 1)
            throw new ModelException($"{path}: the number of positions is {MaxPositions}; expected one from 1.");
        return this;
    }
}
