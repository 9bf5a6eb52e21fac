using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>Losses over how likely whole answers are: preferences and rankings.</summary>
public static class SequenceScores
{
    /// <summary>The logarithm of each sequence's answer's probability, and its tokens, without gradients.</summary>
    /// <param name="pass">The model over a batch.</param>
    /// <returns>One for each sequence of the batch.</returns>
    public static (double LogProbability, int Tokens)[] Of(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var ungraded = no_grad();
        using var scope = NewDisposeScope();
        return Sum(NextTokens.Of(pass, completionOnly: true), pass.Batch);
    }

    /// <summary>
    /// A loss of the log-probabilities, with its gradient down to the weights. The logits of all rows never exist: the loss's own gradient
    /// weighs each token's.
    /// </summary>
    /// <param name="pass">The model over a batch.</param>
    /// <param name="loss">
    /// Makes a scalar of log-probabilities, float64 <c>[sequences]</c>, and numbers of tokens, of the same shape.
    /// </param>
    /// <returns>The scalar, float32 on the model's device.</returns>
    public static Tensor Loss(ForwardPass pass, Func<Tensor, Tensor, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(pass);
        ArgumentNullException.ThrowIfNull(loss);
        using var scope = NewDisposeScope();
        var (model, terms) = (pass.Model, NextTokens.Of(pass, completionOnly: true));
        var sums = Sum(terms, pass.Batch);
        var tokens = tensor(sums.Select(s => (double)s.Tokens).ToArray());
        var scores = tensor(sums.Select(s => s.LogProbability).ToArray()).requires_grad_(is_grad_enabled());
        var value = loss(scores, tokens);
        if (!is_grad_enabled())
            return value.to(ScalarType.Float32).to(model.Device).MoveToOuterDisposeScope();
        Native.Gradients.Backward(value);
        var slopes = scores.grad!.data<double>().ToArray();
        // Cross-entropy is the negative log-probability.
        var weights = FromHost.Tensor(terms.Sequence.Select(s => (float)-slopes[s]).ToArray(), model.Device);
        // The chain rule in two halves: its gradient is the loss's, its value is not, and is put right below.
        var carrier = HeadLoss.Sum(terms.Hidden, terms.Head, terms.Targets, weights);
        return (carrier - carrier.detach() + value.detach().to(ScalarType.Float32).to(model.Device)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The places in <see cref="TokenBatch.Sequences"/> of each example's answers, best first, of those that have several, and how much
    /// each example counts.
    /// </summary>
    public static IEnumerable<(int[] Answers, float Weight)> Examples(TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch
            .Sequences.Index()
            .GroupBy(s => s.Item.Example)
            .Where(group => group.Count() > 1)
            .Select(group => (group.OrderBy(s => s.Item.Rank).Select(s => s.Index).ToArray(), group.First().Item.Weight));
    }

    private static (double LogProbability, int Tokens)[] Sum(NextTokens terms, TokenBatch batch)
    {
        var sums = new (double LogProbability, int Tokens)[batch.Sequences.Count];
        foreach (var (sequence, term) in terms.Sequence.Zip(HeadLoss.Terms(terms.Hidden, terms.Head, terms.Targets)))
            sums[sequence] = (sums[sequence].LogProbability - term, sums[sequence].Tokens + 1);
        return sums;
    }
}
