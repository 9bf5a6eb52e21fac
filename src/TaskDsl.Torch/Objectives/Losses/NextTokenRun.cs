using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>The cross-entropy of next tokens at work.</summary>
internal sealed class NextTokenRun : ObjectiveRun
{
    private readonly LanguageModel model;
    private readonly bool answerOnly;
    private readonly Average average;

    public NextTokenRun(LanguageModel model, bool answerOnly, Average average = Average.Tokens)
    {
        (this.model, this.answerOnly, this.average) = (model, answerOnly, average);
        NextTokens.Check(model, answerOnly);
    }

    /// <inheritdoc/>
    public override double[] Count(TokenBatch batch)
    {
        var tokens = NextTokens.Count(model, batch, answerOnly);
        return [average == Average.Tokens ? tokens.Sum() : tokens.Count(t => t > 0)];
    }

    /// <inheritdoc/>
    public override LossSum[] Loss(ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        var terms = NextTokens.Of(pass, answerOnly);
        var tokens = terms.Sequence.CountBy(s => s).ToDictionary();
        // Each token's weight is one over the tokens of its sequence where sequences are to weigh the same.
        var weights = Array.ConvertAll(terms.Sequence, s => average == Average.Tokens ? 1f : 1f / tokens[s]);
        var sum = HeadLoss.Sum(terms.Hidden, terms.Head, terms.Targets, tensor(weights, device: pass.Model.Device));
        return [new(sum.MoveToOuterDisposeScope())];
    }
}
