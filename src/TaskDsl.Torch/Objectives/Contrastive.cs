using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// Texts that belong together are brought near each other, and away from all others of the batch (InfoNCE, arXiv 1807.03748; multiple
/// negatives ranking, arXiv 1705.00652): an example's prompt and its answer.
/// </summary>
/// <remarks>The others are those of one batch: gathering gradients over several is not the same as one large batch.</remarks>
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
    public override Objective Bind(ObjectiveBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        return binding.Batches.FirstOrDefault() is { Sequences.Count: 1 }
            ? throw new NotSupportedException(
                "contrastive: a batch holds one prompt and its answer, and no other to tell it from: nothing would be learned. Set batch.rows to 2 or more."
            )
            : this;
    }

    /// <inheritdoc/>
    public override LossSum Loss(LanguageModel model, TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using var scope = NewDisposeScope();
        var pairs = batch.Sequences.Where(s => s.Rank == 0).ToArray();
        var questions = Embed(model, [.. pairs.Select(p => p.Given.ToArray())], batch.Padding, Pooling);
        // First each pair's own answer, then answers that are known to be wrong.
        var answers = Embed(
            model,
            [.. pairs.Select(p => p.Written.ToArray()), .. batch.Sequences.Where(s => s.Rank > 0).Select(s => s.Written.ToArray())],
            batch.Padding,
            Pooling
        );
        var scores = questions.matmul(answers.t()) / Temperature;
        var right = arange(pairs.Length, ScalarType.Int64, model.Device);
        var loss = nn.functional.cross_entropy(scores, right, reduction: nn.Reduction.Sum);
        if (Symmetric)
            loss = (loss + nn.functional.cross_entropy(scores.narrow(1, 0, pairs.Length).t(), right, reduction: nn.Reduction.Sum)) / 2;
        return new LossSum(loss.MoveToOuterDisposeScope(), pairs.Length);
    }

    /// <summary>Texts as vectors of length 1, <c>[texts, hidden]</c>.</summary>
    internal static Tensor Embed(LanguageModel model, int[][] texts, int padding, Pooling pooling)
    {
        var (ids, real) = Rows.Pad(texts, padding, model.Device);
        var pattern = AttentionPattern.Padded(real);
        var hidden = model switch
        {
            Encoder encoder => encoder.Hidden(ids, pattern: pattern),
            Decoder decoder => decoder.Hidden(ids, pattern: pattern),
            EncoderDecoder both => both.Encode(ids, real).States,
            _ => throw new NotSupportedException($"A {model.Config.ModelType} gives no hidden states."),
        };
        hidden = hidden.narrow(1, hidden.size(1) - ids.size(1), ids.size(1)).to(ScalarType.Float32); // Without virtual tokens.
        var counted = real.to(ScalarType.Float32).unsqueeze(2);
        var pooled = pooling switch
        {
            Pooling.Mean => (hidden * counted).sum([1L]) / counted.sum([1L]).clamp_min(1),
            Pooling.First => hidden.select(1, 0),
            Pooling.Last => hidden
                .gather(1, (real.to(ScalarType.Int64).sum(1) - 1).clamp_min(0).view(-1, 1, 1).expand(-1, 1, hidden.size(2)))
                .squeeze(1),
            _ => throw new InvalidOperationException($"no pooling {pooling}"),
        };
        return nn.functional.normalize(pooled, 2, 1);
    }
}

/// <summary>How a text's hidden states become one vector.</summary>
public enum Pooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The first token's.</summary>
    First,

    /// <summary>The last token's: in a decoder the only one that has seen the whole text.</summary>
    Last,
}
