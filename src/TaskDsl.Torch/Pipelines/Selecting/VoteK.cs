using System.ComponentModel.DataAnnotations;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Tasks;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Sentences;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Selecting;

/// <summary>
/// Those worth an answer by hand, typical and unlike each other (vote-k; Su et al., arXiv 2209.01975): each example votes for its nearest
/// ones, and the more of the chosen a voter has voted for already, the less its vote counts.
/// </summary>
/// <remarks>
/// Without <c>first</c> it is the paper's fast vote-k. With <c>first</c>, the examples chosen so and answered since, it is its second half:
/// the model that learnt from them has given each example a number; the tenth that it is surest of is passed over, the rest, least sure
/// first, is cut into as many equal parts as are still wanted, and of each part the one with the most votes is taken.
/// </remarks>
[Keyword("vote_k")]
public sealed record VoteK : Selection
{
    private const double Used = 0.9; // The surest tenth is never used.

    /// <summary>How many, with those of <c>first</c>.</summary>
    [Range(1, int.MaxValue)]
    public required int Count { get; init; }

    /// <summary>An index by vectors, whose model makes the examples' vectors; those of its own texts are looked up.</summary>
    [StepResult("index")]
    public required string Index { get; init; }

    /// <summary>The text that is compared: an expression over the fields. Default: all the texts of the input, a line each.</summary>
    public TextExpression? Of { get; init; }

    /// <summary>How many of the nearest each example votes for.</summary>
    [Range(1, int.MaxValue)]
    public int Neighbours { get; init; } = 150;

    /// <summary>Examples that are chosen already, and are among those that are chosen from. Default: none.</summary>
    [StepResult("examples")]
    public string? First { get; init; }

    /// <summary>Where <c>first</c> is given, the number that says how sure the model is.</summary>
    public KeptNumber By { get; init; } = KeptNumber.Confidence;

    /// <inheritdoc/>
    public override IReadOnlyList<int> Choose(StepContext step, DslTask task, IReadOnlyList<Example> pool)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(pool);
        using var index = SearchIndex.Open(step, Index, task);
        using var vectors = index.Vectors([.. pool.Select(example => ExampleText.Of(Of, task, example))]);
        var graph = VoteGraph.Of(vectors, Neighbours, step.CancellationToken);
        var count = AtMost(step, Count, pool.Count);
        if (First is null)
            return [.. Enumerable.Range(0, count).Select(_ => graph.ChooseAmong(Enumerable.Range(0, pool.Count))!.Value)];
        var first = Places(step, task, pool);
        return first.Count < count
            ? Further(graph, first, [.. pool.Select(example => By.Of(example))], count)
            : throw new RunException($"vote_k: {count:N0} are to be chosen, and {First} has chosen {first.Count:N0} already.");
    }

    /// <summary>The second half: more by votes, one from each part of those that the model is not sure of.</summary>
    /// <param name="graph">The graph, in which nothing is chosen.</param>
    /// <param name="first">What is chosen already.</param>
    /// <param name="sure">For each point how sure the model is.</param>
    /// <param name="count">How many, with the first.</param>
    public static IReadOnlyList<int> Further(VoteGraph graph, IReadOnlyList<int> first, IReadOnlyList<double> sure, int count)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(sure);
        var chosen = new List<int>(first);
        foreach (var point in first)
            graph.Choose(point);
        int[] left = [.. Enumerable.Range(0, sure.Count).Where(point => !graph.IsChosen(point)).OrderBy(point => sure[point])];
        var (used, parts) = ((int)(left.Length * Used), count - first.Count);
        for (var part = 0; part < parts; part++)
            if (graph.ChooseAmong(left[(used * part / parts)..(used * (part + 1) / parts)]) is { } best)
                chosen.Add(best);
        // Fewer than parts: the rest as they come, which is at random, since nothing but a hash has ordered them.
        foreach (var point in Enumerable.Range(0, sure.Count).Where(point => !graph.IsChosen(point)).Take(count - chosen.Count).ToList())
        {
            graph.Choose(point);
            chosen.Add(point);
        }

        return chosen;
    }

    private IReadOnlyList<int> Places(StepContext step, DslTask task, IReadOnlyList<Example> pool)
    {
        var hash = new ExampleHash(task);
        var places = pool.Index().GroupBy(example => hash.OfInput(example.Item)).ToDictionary(same => same.Key, same => same.First().Index);
        return
        [
            .. step.Read(task, [First!])
                .Select(example =>
                    places.TryGetValue(hash.OfInput(example), out var place)
                        ? place
                        : throw new RunException($"vote_k: {example.Origin}, which is chosen already, is not among what is chosen from.")
                )
                .Distinct(),
        ];
    }
}
