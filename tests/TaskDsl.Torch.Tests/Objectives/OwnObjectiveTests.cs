using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Tests.Batching;
using TaskDsl.Torch.Tests.Models;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Objectives;

/// <summary>The objective that the docs show as a user's own, with a second term, made of public parts alone.</summary>
public sealed class OwnObjectiveTests : TorchTest
{
    [Fact]
    public void Its_gradients_are_those_of_its_formula()
    {
        using var golden = new GoldenModel("llama");
        var decoder = (Decoder)golden.Model;
        var weight = decoder.Vocabulary.Weight;
        weight.requires_grad_(true);
        var batch = new TokenBatch(
            [
                [new TokenGroup(Sequences.Of(5, 9, 4)) { Weight = 2 }],
                [new TokenGroup(Sequences.Of(40, 7, 2))],
            ],
            0
        );
        using var run = new FocalLoss { Gamma = 1.5 }.Start(new ObjectiveStart { Model = decoder });
        Assert.Equal([10, 3], run.Count(batch));
        using var pass = new ForwardPass(decoder, batch);
        var losses = run.Loss(pass);
        Gradients.Backward(losses[0].Sum + losses[1].Sum);
        var gradient = weight.grad!.clone();

        weight.grad = null;
        using var again = new ForwardPass(decoder, batch); // The first one's graph is used up.
        var next = NextTokens.Of(again, completionOnly: true);
        var log = next.Head.Logits(next.Hidden).log_softmax(1).gather(1, next.Targets.unsqueeze(1)).squeeze(1);
        var focal = -(next.Weights * (1 - log.exp()).pow(1.5) * log).sum();
        Assert.Equal(TorchSharp.TensorExtensionMethods.ToDouble(focal), TorchSharp.TensorExtensionMethods.ToDouble(losses[0].Sum), 1e-4);
        Gradients.Backward(focal - (next.Weights * log).sum());
        Close(weight.grad!, gradient, 1e-4);
    }

    /// <summary>
    /// The answer's tokens that the model already knows well count less (Lin et al., arXiv 1708.02002); each answer as a whole besides.
    /// </summary>
    private sealed record FocalLoss : Objective
    {
        public double Gamma { get; init; } = 2;

        public override ObjectiveRun Start(ObjectiveStart start) => new Run(start.Model, Gamma);

        private sealed class Run(LanguageModel model, double gamma) : ObjectiveRun
        {
            public override IReadOnlyList<LossTerm> Terms { get; } = [new("focal"), new("answers", 0.1)];

            public override double[] Count(TokenBatch batch) =>
                [NextTokens.Count(model, batch, completionOnly: true), NextTokens.CountSequences(model, batch, completionOnly: true)];

            public override LossSum[] Loss(ForwardPass pass)
            {
                var next = NextTokens.Of(pass, completionOnly: true);
                return
                [
                    new(HeadLoss.Sum(next.Hidden, next.Head, new Focal(next.Targets, next.Weights, gamma))),
                    new(HeadLoss.Sum(next.Hidden, next.Head, next.Targets, next.Weights)),
                ];
            }
        }

        /// <summary>Σ −(1 − p)^γ log p of the right tokens.</summary>
        private sealed class Focal(Tensor targets, Tensor weights, double gamma) : VocabularyLoss
        {
            public override (Tensor Sum, Tensor? Gradient) Of(Tensor scores, long at, bool graded)
            {
                var right = targets.narrow(0, at, scores.size(0)).unsqueeze(1); // [rows, 1]
                var weight = weights.narrow(0, at, scores.size(0)).unsqueeze(1);
                var logs = scores.to(ScalarType.Float32).log_softmax(1); // [rows, vocabulary]
                var log = logs.gather(1, right);
                var (p, rest) = (log.exp(), 1 - log.exp());
                var sum = -(weight * rest.pow(gamma) * log).sum(ScalarType.Float64);
                if (!graded)
                    return (sum, null);
                var slope = weight * (gamma * p * rest.pow(gamma - 1) * log - rest.pow(gamma)); // By log p.
                var gradient = logs.exp() * -slope;
                return (sum, gradient.scatter_add_(1, right, slope));
            }
        }
    }
}
