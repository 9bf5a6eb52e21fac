using System.ComponentModel.DataAnnotations;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Heads;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// Masked language modelling (BERT, arXiv 1810.04805): an encoder must find tokens that were hidden, at least one of each batch; of those
/// drawn, 80 % are replaced by the mask token, 10 % by another one, and 10 % stay.
/// </summary>
[Keyword("masked_lm")]
public sealed record MaskedLm : Objective
{
    /// <summary>The share of a text's tokens that are drawn.</summary>
    [Range(0.01, 0.9)]
    public double Rate { get; init; } = 0.15;

    /// <summary>The tokenizer's mask token, once the objective is bound.</summary>
    internal int Mask { get; init; } = -1;

    /// <summary>Tokens that are never drawn.</summary>
    internal IReadOnlySet<int> Special { get; init; } = new HashSet<int>();

    /// <inheritdoc/>
    public override bool TeachesAnswers => false;

    /// <inheritdoc/>
    public override HeadRequest? Head(IReadOnlyList<Tasks.DslTask> tasks) => new(new MaskedLmHead(), []);

    /// <inheritdoc/>
    public override Objective Bind(ObjectiveBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var tokenizer = binding.Model.Tokenizer;
        return this with
        {
            Mask = tokenizer.Mask ?? throw new ModelException("masked_lm: the tokenizer has no mask token."),
            Special = Enumerable.Range(0, tokenizer.VocabularySize).Where(tokenizer.IsSpecial).ToHashSet(),
        };
    }

    /// <inheritdoc/>
    public override LossSum Loss(LanguageModel model, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (model is not Encoder { Head: MaskedLmHead } encoder)
            throw new NotSupportedException(
                $"The objective masked_lm is for encoders with such a head; a {model.Config.ModelType} learns by supervised or causal_lm."
            );
        if (Mask < 0)
            throw new InvalidOperationException("masked_lm: the objective must be bound first: it does not know the mask token.");
        using var scope = NewDisposeScope();
        using var ungraded = no_grad();
        var draws = rand(batch.Ids.Length, 3).data<float>().ToArray();
        var (ids, places, targets) = (batch.Ids.ToArray(), new List<long>(), new List<long>());
        var open = Enumerable.Range(0, ids.Length).Where(at => batch.Segments[at] != 0 && !Special.Contains((int)ids[at])).ToArray();
        var least = open.Select(at => draws[3 * at]).DefaultIfEmpty().Min(); // Of a short text one is hidden at least, as in BERT: a step of it would count nothing.
        foreach (var at in open)
        {
            if (draws[3 * at] >= Rate && draws[3 * at] != least)
                continue;
            places.Add(at);
            targets.Add(ids[at]);
            if (draws[3 * at + 1] < 0.8)
                ids[at] = Mask;
            else if (draws[3 * at + 1] < 0.9)
                ids[at] = (long)(draws[3 * at + 2] * model.Config.VocabularySize);
        }

        ungraded.Dispose();
        var hidden = batch.Hidden(encoder, ids);
        var chosen = hidden.reshape(-1, hidden.size(-1)).index_select(0, tensor(places.ToArray(), device: model.Device));
        var sum = HeadLoss.Sum(
            encoder.Features(chosen),
            encoder.Vocabulary,
            tensor(targets.ToArray(), device: model.Device),
            ones(places.Count, device: model.Device)
        );
        return new LossSum(sum.MoveToOuterDisposeScope(), places.Count);
    }
}
