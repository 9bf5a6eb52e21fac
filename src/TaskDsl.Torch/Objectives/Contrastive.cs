using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// Texts that belong together are brought near each other, and away from all others of the batch (InfoNCE, arXiv 1807.03748; multiple
/// negatives ranking, arXiv 1705.00652): an example's prompt and its answer.
/// </summary>
/// <remarks>
/// For any model. The mean is over prompts. The others are those of one batch: gathering gradients over several is not the same as one
/// large batch.
/// </remarks>
[Keyword("contrastive")]
public sealed record Contrastive : Objective
{
    /// <summary>Divides the cosine of the angle between two texts.</summary>
    [Range(1e-4, 1e2)]
    public double Temperature { get; init; } = 0.05;

    /// <summary>How a text's hidden states become one vector.</summary>
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>Whether each answer must also find its prompt.</summary>
    public bool Symmetric { get; init; }

    /// <inheritdoc/>
    public override bool TeachesAnswers => false;

    /// <inheritdoc/>
    public override bool ComparesExamples => true;

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return start.Batches.FirstOrDefault() is { Sequences.Count: 1 }
            ? throw new MisfitException(
                "contrastive: a batch holds one prompt and its answer, and no other to tell it from: nothing would be learned. "
                    + "Set batch.rows to 2 or more."
            )
            : new Run(this);
    }

    /// <inheritdoc/>
    public override long Memory(LanguageModel model, Device device, long tokens) => 0; // Its scores are one for each two texts of a batch.

    private sealed class Run(Contrastive objective) : ObjectiveRun
    {
        public override double[] Count(TokenBatch batch) => [Pairs(batch).Sum(p => (double)p.Weight)];

        public override LossSum[] Loss(ForwardPass pass)
        {
            using var scope = NewDisposeScope();
            var pairs = Pairs(pass.Batch).ToArray();
            var questions = TextVectors.Of(pass, [.. pairs.Select(p => p.PromptIds.ToArray())], objective.Pooling);
            // First each pair's own answer, then answers that are known to be wrong.
            var wrong = pass.Batch.Sequences.Where(s => s.Rank > 0);
            var answers = TextVectors.Of(pass, [.. pairs.Concat(wrong).Select(s => s.CompletionIds.ToArray())], objective.Pooling);
            var scores = questions.matmul(answers.t()) / objective.Temperature; // [questions, answers]
            var right = arange(pairs.Length, ScalarType.Int64, pass.Model.Device);
            var loss = nn.functional.cross_entropy(scores, right, reduction: nn.Reduction.None); // [questions]
            if (objective.Symmetric)
            {
                var back = scores.narrow(1, 0, pairs.Length).t(); // [answers, questions], without the wrong answers
                loss = (loss + nn.functional.cross_entropy(back, right, reduction: nn.Reduction.None)) / 2;
            }

            loss = (loss * FromHost.Tensor(pairs.Select(p => p.Weight).ToArray(), loss.device)).sum();
            return [new(loss.MoveToOuterDisposeScope())];
        }

        private static IEnumerable<PlacedSequence> Pairs(TokenBatch batch) => batch.Sequences.Where(s => s.Rank == 0);
    }
}
