using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Draws;

namespace TaskDsl.Torch.Batches.Sources;

/// <summary>Worked examples that are shown before a question: of the training split, in the question's language as a rule.</summary>
/// <param name="pool">The training split, or what stands in its place.</param>
/// <param name="plan">How many are shown, and which.</param>
/// <param name="seed">The run's seed.</param>
public class Demonstrations(IReadOnlyList<Example> pool, DemonstrationPlan plan, int seed)
{
    private static readonly long Measuring = Draw.Seed("demonstrations");

    private readonly ConcurrentDictionary<string, IReadOnlyList<Example>> byRun = [];
    private readonly Dictionary<string, int[]> byLanguage =
        plan.Count == 0
            ? []
            : Enumerable
                .Range(0, pool.Count)
                .GroupBy(i => pool is ExampleFile file ? file.LanguageOf(i) : pool[i].Language)
                .ToDictionary(g => g.Key, g => g.ToArray());

    /// <summary>How many are shown.</summary>
    public int Count => plan.Count;

    /// <summary>Whether some may be left out, so that a question fits.</summary>
    public bool Fit => plan.Fit;

    /// <summary>How they are drawn, and the seed; 0 where there are none.</summary>
    internal string Fingerprint => Count == 0 ? "0 0" : $"{Count} {seed} {plan.Choose} {plan.Per} {plan.Order} {plan.OnePer}".TrimEnd();

    /// <summary>
    /// The examples that a measurement shows before a question: the same for every question of a language, or drawn for it by the seed and
    /// its input. Fewer of them are the first of more.
    /// </summary>
    public IReadOnlyList<Example> Of(DslTask task, Example question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Of(task, question.InputValue, question.Language);
    }

    /// <summary>The same for a question whose answer nobody knows yet.</summary>
    /// <inheritdoc cref="Of(DslTask, Example)"/>
    public IReadOnlyList<Example> Of(DslTask task, object input, string language)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Of(task, [(input, language)])[0];
    }

    /// <summary>The same for many questions.</summary>
    /// <inheritdoc cref="Of(DslTask, Example)"/>
    public virtual IReadOnlyList<IReadOnlyList<Example>> Of(DslTask task, IReadOnlyList<(object Input, string Language)> questions)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(questions);
        return [.. questions.Select(question => Drawn(task, question.Input, question.Language))];
    }

    /// <summary>Whether these examples are those that demonstrations are drawn from.</summary>
    internal bool AreFrom(IReadOnlyList<Example> examples) => ReferenceEquals(pool, examples);

    /// <summary>Draws some.</summary>
    /// <param name="language">The question's language.</param>
    /// <param name="input">The question, which is not shown; null where any may be.</param>
    /// <param name="question">The question's number in the pool; null where it is not in it.</param>
    /// <param name="draw">Where they are drawn from.</param>
    internal IReadOnlyList<Example> Of(string language, object? input, int? question, Draw draw)
    {
        var known = Known(language);
        var most = plan.OnePer is null ? Count : Math.Min(Count, byLanguage.Keys.Count(other => other != language));
        var (seen, chosen) = (new HashSet<int>(), new List<(int Place, Example Example)>(Count));
        while (chosen.Count < most && seen.Count < known.Length)
        {
            var candidate = known[plan.Choose == DemonstrationChoice.Fixed ? seen.Count : draw.Below(known.Length)];
            if (!seen.Add(candidate) || candidate == question)
                continue;
            var example = pool[candidate];
            if (input?.Equals(example.InputValue) != true && IsAnother(chosen.Select(c => c.Example), example))
                chosen.Add((candidate, example));
        }

        return [.. (plan.Order == DemonstrationOrder.File ? chosen.OrderBy(c => c.Place) : chosen.AsEnumerable()).Select(c => c.Example)];
    }

    /// <summary>The numbers of the examples that may be shown before a question in a language.</summary>
    protected int[] Known(string language) =>
        plan.OnePer is null
            ? byLanguage.GetValueOrDefault(language, [])
            : [.. byLanguage.Where(other => other.Key != language).SelectMany(other => other.Value).Order()];

    /// <summary>Whether an example may stand beside those that are chosen.</summary>
    protected bool IsAnother(IEnumerable<Example> chosen, Example example) =>
        plan.OnePer is null || chosen.All(other => other.Language != example.Language);

    private IReadOnlyList<Example> Drawn(DslTask task, object input, string language)
    {
        if (Count == 0)
            return [];
        if (plan.Per == DemonstrationDraw.Question)
            return Of(language, input, null, new Draw(seed, Measuring, Draw.Seed(Text(task, input))));
        var shown = byRun.GetOrAdd(language, asked => Of(asked, null, null, new Draw(seed, Measuring)));
        return shown.Any(e => e.InputValue.Equals(input)) ? Of(language, input, null, new Draw(seed, Measuring)) : shown;
    }

    private static string Text(DslTask task, object input)
    {
        var utf8 = new ArrayBufferWriter<byte>();
        task.WriteInput(utf8, input);
        return Encoding.UTF8.GetString(utf8.WrittenSpan);
    }
}
