using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using TorchSharp;
using static TorchSharp.torch;

namespace OwnWords.Words;

/// <summary>Two terms over one pass: the answer's tokens, and a little of every token, each a mean over its own count.</summary>
[Keyword("whole_text")]
public sealed record WholeText : Objective
{
    /// <summary>How much the mean over all tokens weighs beside the answer's.</summary>
    [Range(1e-6, 10.0)]
    public double Share { get; init; } = 0.1;

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        NextTokens.Check(start.Model, completionOnly: false);
        return new Run(start.Model, Share);
    }

    private sealed class Run(LanguageModel model, double share) : ObjectiveRun
    {
        public override IReadOnlyList<LossTerm> Terms { get; } = [new("answer"), new("text", share)];

        public override double[] Count(TokenBatch batch) =>
            [NextTokens.Count(model, batch, completionOnly: true), NextTokens.Count(model, batch, completionOnly: false)];

        public override LossSum[] Loss(ForwardPass pass) => [Sum(pass, completionOnly: true), Sum(pass, completionOnly: false)];

        // The head's loss in pieces: the logits of all rows never exist.
        private static LossSum Sum(ForwardPass pass, bool completionOnly)
        {
            using var scope = NewDisposeScope();
            var next = NextTokens.Of(pass, completionOnly);
            return new(HeadLoss.Sum(next.Hidden, next.Head, next.Targets, next.Weights).MoveToOuterDisposeScope());
        }
    }
}
