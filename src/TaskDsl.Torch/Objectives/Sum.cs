using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Vocabulary;
using TorchSharp;

namespace TaskDsl.Torch.Objectives;

/// <summary>
/// Several objectives at once: Σ weight · loss, each loss a mean over what its objective counts (tokens, examples). An example gives each
/// objective's own sequences; those that several read alike are read once.
/// </summary>
/// <remarks>For the models that all of its terms are for.</remarks>
[Keyword("sum")]
public sealed record Sum : Objective
{
    /// <summary>The objectives.</summary>
    [Shorthand, Length(2, 16)]
    public required IReadOnlyList<Objective> Terms { get; init; }

    /// <summary>What each one's loss is multiplied by, in the same order. Default: 1 each.</summary>
    [Range(1e-6, 1e6)]
    public IReadOnlyList<double> Weights { get; init; } = [];

    /// <inheritdoc/>
    public override bool TeachesAnswers => Terms.Any(t => t.TeachesAnswers);

    /// <inheritdoc/>
    public override bool ComparesExamples => Terms.Any(t => t.ComparesExamples);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Models => [.. Terms.SelectMany(t => t.Models).Distinct()];

    /// <summary>The objectives with their weights; a sum in a sum is its own terms.</summary>
    private IEnumerable<(Objective Objective, double Weight)> Leaves =>
        Weights.Count != 0 && Weights.Count != Terms.Count
            ? throw new MisfitException(
                $"sum: {Weights.Count} weights stand beside {Terms.Count} terms; give each term one, or none at all."
            )
            : Terms.SelectMany(
                (term, i) =>
                {
                    var weight = Weights.Count == 0 ? 1 : Weights[i];
                    return term is Sum sum ? sum.Leaves.Select(t => (t.Objective, t.Weight * weight)) : [(term, weight)];
                }
            );

    /// <inheritdoc/>
    public override HeadRequest? Head(IReadOnlyList<DslTask> tasks)
    {
        var heads = Leaves.Select(t => t.Objective.Head(tasks)).OfType<HeadRequest>().ToList();
        return heads.Exists(h => h.Head != heads[0].Head)
            ? throw new MisfitException("sum: two of its objectives need different heads, and a model has one.")
            : heads.FirstOrDefault();
    }

    /// <inheritdoc/>
    public override TokenGroup Encode(ExampleTokens example)
    {
        var all = new List<TokenSequence>();
        foreach (var (term, (objective, _)) in Leaves.Index())
        foreach (var sequence in objective.Encode(example).Sequences)
        {
            if (all.FindIndex(s => s.IsLike(sequence)) is >= 0 and var known)
                all[known] = all[known] with { Terms = all[known].Terms | 1 << term };
            else
                all.Add(sequence with { Terms = 1 << term });
        }

        return new([.. all]);
    }

    /// <inheritdoc/>
    public override ObjectiveRun Start(ObjectiveStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        var parts = new List<Part>();
        try
        {
            foreach (var (term, (objective, weight)) in Leaves.Index())
                parts.Add(new(objective, weight, objective.Start(start with { Batches = start.Batches.Select(b => b.For(term)) })));
            return new Run(parts);
        }
        catch
        {
            parts.ForEach(part => part.Run.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public override long Memory(LanguageModel model, torch.Device device, long tokens) => Terms.Max(t => t.Memory(model, device, tokens));

    private sealed record Part(Objective Objective, double Weight, ObjectiveRun Run)
    {
        public string Word => Words.WordOf(Objective.GetType());
    }

    private sealed class Run(IReadOnlyList<Part> parts) : ObjectiveRun
    {
        public override IReadOnlyList<LossTerm> Terms { get; } =
        [.. parts.SelectMany((part, i) => part.Run.Terms.Select(term => new LossTerm(Name(parts, i, term), part.Weight * term.Weight)))];

        public override double[] Count(TokenBatch batch) => [.. parts.SelectMany((part, i) => part.Run.Count(batch.For(i)))];

        public override LossSum[] Loss(ForwardPass pass) => [.. parts.SelectMany((part, i) => part.Run.Loss(pass.For(i)))];

        protected override void Free()
        {
            foreach (var part in parts)
                part.Run.Dispose();
        }

        /// <summary>The objective's word, with its number where it stands twice, and its term's own name where it has several.</summary>
        private static string Name(IReadOnlyList<Part> parts, int number, LossTerm term)
        {
            var word = parts[number].Word;
            if (parts.Count(p => p.Word == word) > 1)
                word += $"_{number + 1}";
            return parts[number].Run.Terms.Count > 1 ? $"{word}_{term.Name}" : word;
        }
    }
}
