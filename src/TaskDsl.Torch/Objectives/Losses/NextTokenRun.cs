using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives.Losses;

/// <summary>The cross-entropy of next tokens at work.</summary>
public sealed class NextTokenRun : ObjectiveRun
{
    private readonly LanguageModel model;
    private readonly bool completionOnly;
    private readonly Average average;

    /// <summary>Goes to work.</summary>
    /// <param name="model">The model.</param>
    /// <param name="completionOnly">Only over the tokens of completions.</param>
    /// <param name="average">What the loss is averaged over.</param>
    /// <exception cref="MisfitException">The model predicts no next token.</exception>
    public NextTokenRun(LanguageModel model, bool completionOnly, Average average = Average.Tokens)
    {
        (this.model, this.completionOnly, this.average) = (model, completionOnly, average);
        NextTokens.Check(model, completionOnly);
    }

    /// <inheritdoc/>
    public override double[] Count(TokenBatch batch) =>
        [
            average == Average.Tokens
                ? NextTokens.Count(model, batch, completionOnly)
                : NextTokens.CountSequences(model, batch, completionOnly),
        ];

    /// <inheritdoc/>
    public override LossSum[] Loss(ForwardPass pass)
    {
        using var scope = NewDisposeScope();
        var next = NextTokens.Of(pass, completionOnly);
        var weights = next.Weights;
        if (average == Average.Examples) // Each token's weight is one over the tokens of its sequence.
        {
            var tokens = next.Sequence.CountBy(s => s).ToDictionary();
            weights = weights * FromHost.Tensor(Array.ConvertAll(next.Sequence, s => 1f / tokens[s]), weights.device);
        }

        var sum = HeadLoss.Sum(next.Hidden, next.Head, next.Targets, weights);
        return [new(sum.MoveToOuterDisposeScope())];
    }
}
