using System.ComponentModel.DataAnnotations;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Draws;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// Masked language modelling (BERT, arXiv 1810.04805): an encoder must find tokens that were hidden, at least one of each sequence;
/// of those drawn, 80 % are replaced by the mask token, 10 % by another one, and 10 % stay.
/// </summary>
/// <remarks>For encoders. The mean is over the hidden tokens, of prompts and answers and of the recipe's <c>corpus</c>.</remarks>
[Keyword("masked_lm")]
public sealed record MaskedLm : Objective
{
    /// <summary>The share of a text's tokens that are drawn.</summary>
    [Range(0.01, 0.9)]
    public double Rate { get; init; } = 0.15;

    /// <inheritdoc/>
    public override bool TeachesAnswers => false;

    /// <inheritdoc/>
    public override HeadRequest? Head(IReadOnlyList<Tasks.DslTask> tasks) => new(new MaskedLmHead(), []);

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        var mask = start.Tokenizer?.Mask ?? throw new ModelException("masked_lm: the tokenizer has no mask token.");
        return Start(start.Model, mask, Enumerable.Range(0, start.Tokenizer.VocabularySize).Where(start.Tokenizer.IsSpecial));
    }

    /// <summary>Goes to work without a tokenizer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mask">The mask token.</param>
    /// <param name="special">Tokens that are never drawn.</param>
    internal ObjectiveRun Start(LanguageModel model, int mask, IEnumerable<int> special) =>
        model is Encoder { Head: MaskedLmHead } encoder
            ? new Run(Rate, encoder, mask, special.ToHashSet())
            : throw new MisfitException(
                $"The objective masked_lm is for encoders with such a head; a {model.Config.ModelType} learns by supervised or causal_lm."
            );

    private sealed class Run(double rate, Encoder encoder, int mask, HashSet<int> special) : ObjectiveRun
    {
        public override double[] Count(TokenBatch batch) => [batch.Sequences.Sum(s => (double)s.Weight * Hide(s).Count())];

        public override LossSum[] Loss(ForwardPass pass)
        {
            using var scope = NewDisposeScope();
            var (ids, places, targets, weights) = (pass.Batch.Ids.ToArray(), new List<long>(), new List<long>(), new List<float>());
            foreach (var placed in pass.Batch.Sequences)
            foreach (var (at, token) in Hide(placed))
            {
                places.Add(placed.Start + at);
                targets.Add(placed.Sequence.Ids[at]);
                weights.Add(placed.Weight);
                ids[placed.Start + at] = token;
            }

            var loss = new CrossEntropy(
                FromHost.Tensor(targets.ToArray(), encoder.Device),
                FromHost.Tensor(weights.ToArray(), encoder.Device)
            );
            var sum = HeadLoss.Sum(encoder.Features(pass.At(places, new PassInput { Ids = ids })), encoder.Vocabulary, loss);
            return [new(sum.MoveToOuterDisposeScope())];
        }

        /// <summary>The places in a sequence that are drawn, each with the token that stands there instead; the same each time.</summary>
        private IEnumerable<(int At, int Token)> Hide(PlacedSequence placed)
        {
            var sequence = placed.Sequence;
            var draw = new Draw(placed.Seed, Draw.Seed("mask"));
            var open = Enumerable.Range(0, sequence.Ids.Length).Where(at => !special.Contains(sequence.Ids[at])).ToArray();
            var draws = Array.ConvertAll(open, at =>
                (At: at, Chance: draw.Unit(), Kind: draw.Unit(), Other: draw.Below(encoder.Config.VocabularySize))
            );
            // Of a short text one is hidden at least, as in BERT: else it would count nothing.
            var least = draws.Select(d => d.Chance).DefaultIfEmpty().Min();
            return draws
                .Where(d => d.Chance < rate || d.Chance == least)
                .Select(d =>
                    (
                        d.At,
                        d.Kind < 0.8 ? mask
                        : d.Kind < 0.9 ? d.Other
                        : sequence.Ids[d.At]
                    )
                );
        }
    }
}
