using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>A projection to the scores of all tokens.</summary>
/// <param name="Weight"><c>[vocabulary, hidden]</c>.</param>
/// <param name="Bias"><c>[vocabulary]</c>, or null.</param>
/// <param name="Cap">Scores are soft-capped to ± this; null = not.</param>
/// <param name="Scale">Multiplies the hidden states before the projection.</param>
public readonly record struct VocabularyHead(Tensor Weight, Tensor? Bias = null, double? Cap = null, double Scale = 1)
{
    /// <summary>The scores, <c>[…, vocabulary]</c>, of hidden states <c>[…, hidden]</c>.</summary>
    public Tensor Logits(Tensor hidden) => Capped(Ops.Linear(Scaled(hidden), Weight, Bias));

    /// <summary>The same with what is tuned onto the projection, whose whole weight is not needed for it.</summary>
    /// <param name="hidden">The hidden states.</param>
    /// <param name="map">The projection.</param>
    internal Tensor Logits(Tensor hidden, LinearLayer map)
    {
        if (map.Updates.Count == 0)
            return Logits(hidden);
        var scores = map.Forward(Scaled(hidden));
        return Capped(Bias is null ? scores : scores + Bias);
    }

    private Tensor Scaled(Tensor hidden) => Scale == 1 ? hidden : hidden * Scale;

    private Tensor Capped(Tensor scores) => Cap is { } cap ? (scores / cap).tanh() * cap : scores;
}
