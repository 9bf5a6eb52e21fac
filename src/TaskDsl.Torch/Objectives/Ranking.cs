using System.ComponentModel.DataAnnotations;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Objectives;

/// <summary>Answers in their order: the mean log-probability of a better one's tokens is brought above a worse one's.</summary>
/// <remarks>For decoders and encoder–decoders. The mean is over lists.</remarks>
[Keyword("ranking")]
public sealed record Ranking : Objective
{
    /// <summary>The output field with the answers, a list of texts, best first.</summary>
    public required string Candidates { get; init; }

    /// <summary>The form of the loss.</summary>
    public RankingForm Form { get; init; } = RankingForm.Listwise;

    /// <summary>Divides the differences: small ones count more where it is small.</summary>
    [Range(1e-4, 1e4)]
    public double Temperature { get; init; } = 1;

    /// <inheritdoc/>
    public override bool TeachesAnswers => false;

    /// <inheritdoc/>
    public override TokenGroup Encode(ExampleTokens example)
    {
        var texts = example.Task.Items(example.Example.OutputValue).Where(i => i.Field == Candidates).Select(i => i.Value).ToArray();
        if (texts.Length == 0 && example.Task.OutputFields.All(f => f.Name != Candidates))
            throw new MisfitException(
                $"ranking: task '{example.Task.Name}' has no output '{Candidates}'; its outputs are "
                    + $"{string.Join(", ", example.Task.OutputFields.Select(f => f.Name))}."
            );
        if (texts.Length < 2)
            throw new Data.DataException(
                $"{example.Example.Origin}: error: '{Candidates}' has {texts.Length} answer(s); a ranking needs two or more, best first."
            );
        var answered = new List<TokenSequence>(); // An example on its way to tokens stands on the stack: no lambda may hold it.
        foreach (var text in texts)
            answered.Add(example.PromptAndCompletion(text));
        return new([.. answered]);
    }

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        NextTokens.Check(start.Model, completionOnly: true);
        return new Run(this);
    }

    /// <summary>The mean over all pairs of log(1 + exp(worse − better)).</summary>
    private static Tensor Pairwise(Tensor ordered)
    {
        var count = ordered.size(0);
        var differences = ordered.unsqueeze(0) - ordered.unsqueeze(1); // [better, worse]
        return nn.functional.softplus(differences).triu(1).sum() / (count * (count - 1) / 2.0);
    }

    /// <summary>The negative log-probability of the order, drawn one by one without putting back.</summary>
    private static Tensor Listwise(Tensor ordered)
    {
        var sum = zeros([], ScalarType.Float64);
        for (long i = 0; i + 1 < ordered.size(0); i++)
            sum = sum + ordered.narrow(0, i, ordered.size(0) - i).logsumexp(0) - ordered[i];
        return sum;
    }

    private sealed class Run(Ranking objective) : ObjectiveRun
    {
        public override double[] Count(TokenBatch batch) => [SequenceScores.Examples(batch).Sum(e => (double)e.Weight)];

        public override LossSum[] Loss(ForwardPass pass)
        {
            var loss = SequenceScores.Loss(pass, (scores, tokens) =>
            {
                var means = scores / tokens / objective.Temperature; // [sequences]
                var sum = zeros([], ScalarType.Float64);
                foreach (var (list, weight) in SequenceScores.Examples(pass.Batch))
                {
                    var ordered = means.index_select(0, tensor(list.Select(p => (long)p).ToArray())); // [candidates], best first
                    sum = sum + (objective.Form == RankingForm.Pairwise ? Pairwise(ordered) : Listwise(ordered)) * weight;
                }

                return sum;
            });
            return [new(loss)];
        }
    }
}

/// <summary>How an order becomes a loss.</summary>
public enum RankingForm
{
    /// <summary>ListMLE (Xia et al. 2008): the likelihood of the whole order (Plackett and Luce).</summary>
    Listwise,

    /// <summary>RankNet (Burges et al. 2005): each pair's logistic loss.</summary>
    Pairwise,
}
