using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Sentences;

namespace TaskDsl.Torch.Pipelines.Curating;

/// <summary>
/// The worked examples that are nearest to each question by an index, the nearest last, beside the question (vote-k's retrieval; Su et al.,
/// arXiv 2209.01975). One with the question's own text is passed over; of equally near ones those that stand first in the index are taken.
/// </summary>
public sealed class SimilarDemonstrations : Demonstrations
{
    // Hits that are held at a time.
    private const int Together = 1 << 20;

    private readonly SearchIndex index;
    private readonly IReadOnlyList<Example> pool;
    private readonly DemonstrationPlan plan;
    private readonly ILookup<string, int> places;
    private readonly IReadOnlyList<string> texts;

    /// <summary>Looks up where the examples stand in the index.</summary>
    /// <param name="index">The index; the caller keeps it alive.</param>
    /// <param name="texts">The index's texts.</param>
    /// <param name="task">The task.</param>
    /// <param name="pool">The examples that may be shown.</param>
    /// <param name="plan">How many are shown, and in which order.</param>
    /// <exception cref="RunException">One of them does not stand in the index.</exception>
    public SimilarDemonstrations(
        SearchIndex index,
        IReadOnlyList<string> texts,
        DslTask task,
        IReadOnlyList<Example> pool,
        DemonstrationPlan plan
    )
        : base(pool, plan, seed: 0)
    {
        ArgumentNullException.ThrowIfNull(plan);
        (this.index, this.texts, this.pool, this.plan) = (index, texts, pool, plan);
        var own = pool.Select(example => ExampleText.OfInput(task, example.InputValue)).ToList();
        places = Enumerable.Range(0, pool.Count).ToLookup(place => own[place], StringComparer.Ordinal);
        var known = texts.ToHashSet(StringComparer.Ordinal);
        if (own.Index().FirstOrDefault(text => !known.Contains(text.Item)) is { Item: { } missing } other)
            throw new RunException(
                $"{pool[other.Index].Origin}, which may be shown, does not stand in the index: '{Short(missing)}'. Give the index these "
                    + "examples too, and by all the texts of their input: without 'of'."
            );
    }

    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<Example>> Of(DslTask task, IReadOnlyList<(object Input, string Language)> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        if (Count == 0)
            return [.. questions.Select(_ => (IReadOnlyList<Example>)[])];
        var shown = new List<IReadOnlyList<Example>>(questions.Count);
        var languages = questions.Select(question => question.Language).Distinct().ToDictionary(l => l, l => Known(l).ToHashSet());
        foreach (var some in questions.Chunk(Math.Max(1, Together / Math.Max(1, index.Count))))
        {
            string[] asked = [.. some.Select(question => ExampleText.OfInput(task, question.Input))];
            foreach (var (question, text, hits) in some.Zip(asked, index.Search(asked, index.Count)))
                shown.Add(Nearest(question.Input, text, hits, languages[question.Language]));
        }

        return shown;
    }

    private IReadOnlyList<Example> Nearest(object input, string text, IEnumerable<SearchHit> hits, HashSet<int> known)
    {
        var chosen = new List<(int Place, Example Example)>(Count);
        var seen = new HashSet<string>(StringComparer.Ordinal) { text };
        foreach (var place in hits.Select(hit => texts[hit.Text]).Where(seen.Add).SelectMany(near => places[near]).Where(known.Contains))
        {
            if (chosen.Count == Count)
                break;
            if (!input.Equals(pool[place].InputValue) && IsAnother(chosen.Select(c => c.Example), pool[place]))
                chosen.Add((place, pool[place]));
        }

        chosen.Reverse();
        return [.. (plan.Order == DemonstrationOrder.File ? chosen.OrderBy(c => c.Place) : chosen.AsEnumerable()).Select(c => c.Example)];
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
