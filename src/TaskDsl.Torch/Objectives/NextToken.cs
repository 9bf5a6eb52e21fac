using TaskDsl.Torch.Batching;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>The cross-entropy of next tokens.</summary>
internal static class NextToken
{
    /// <summary>Only places that count reach the vocabulary: no logits are computed for a prompt's tokens or for padding.</summary>
    public static LossSum Loss(Decoder decoder, TokenBatch batch, bool answerOnly)
    {
        var places = batch.Predicting(answerOnly);
        var targets = new long[places.Length];
        for (var i = 0; i < places.Length; i++) targets[i] = batch.Ids[(int)places[i] + 1];
        using var scope = NewDisposeScope();
        var hidden = batch.Hidden(decoder);
        var chosen = hidden.view([-1, hidden.size(-1)]).index_select(0, tensor(places, device: decoder.Device));
        var sum = HeadLoss.Sum(chosen, decoder.HeadWeight, tensor(targets, device: decoder.Device));
        return new LossSum(sum.MoveToOuterDisposeScope(), places.Length);
    }
}
