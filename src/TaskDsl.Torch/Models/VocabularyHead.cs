using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Models;

/// <summary>A projection to the scores of all tokens.</summary>
/// <param name="Weight"><c>[vocabulary, hidden]</c>.</param>
/// <param name="Bias"><c>[vocabulary]</c>, or null.</param>
/// <param name="Cap">Scores are bent into ± this; null = not.</param>
/// <param name="Scale">Multiplies the hidden states before the projection.</param>
public readonly record struct VocabularyHead(Tensor Weight, Tensor? Bias = null, double? Cap = null, double Scale = 1)
{
    /// <summary>The scores, <c>[…, vocabulary]</c>, of hidden states <c>[…, hidden]</c>.</summary>
    public Tensor Logits(Tensor hidden)
    {
        var scores = Ops.Linear(Scale == 1 ? hidden : hidden * Scale, Weight, Bias);
        return Cap is { } cap ? (scores / cap).tanh() * cap : scores;
    }
}
