using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Tasks;

namespace TaskDsl.Torch.Batches;

/// <summary>What a share of a mixture is said of: examples of a task, of one language or any, in one phrasing or any.</summary>
/// <param name="Name">What its draws belong to.</param>
/// <param name="Phrasing">The phrasing that all are rendered by; null where each drawing has one of its own.</param>
/// <param name="Items">The numbers of its examples; null for all.</param>
internal sealed record MixtureCell(string Name, int? Phrasing, int[]? Items)
{
    /// <summary>The cells of a task.</summary>
    /// <param name="prompt">What its examples are rendered by.</param>
    /// <param name="examples">They.</param>
    /// <param name="by">What cells are told apart by.</param>
    public static IReadOnlyList<MixtureCell> Of(Prompt prompt, IReadOnlyList<Example> examples, IReadOnlyList<MixturePart> by)
    {
        var (byLanguage, byPhrasing) = (by.Contains(MixturePart.Language), by.Contains(MixturePart.Phrasing));
        if (!byLanguage && !byPhrasing)
            return [new(prompt.Name, null, null)];
        var languages = Enumerable
            .Range(0, examples.Count)
            .GroupBy(i => examples is ExampleFile file ? file.LanguageOf(i) : examples[i].Language)
            .Select(own => (Language: own.Key, Items: own.ToArray()))
            .OrderBy(own => own.Language, StringComparer.Ordinal)
            .ToList();
        var cells =
            from own in languages
            from phrasing in byPhrasing ? Enumerable.Range(0, prompt.Phrasings(own.Language)).Select(p => (int?)p) : [null]
            select (own.Language, Phrasing: phrasing, own.Items);
        if (byLanguage)
            return [.. cells.Select(cell => new MixtureCell($"{prompt.Name} {cell.Language} {cell.Phrasing}", cell.Phrasing, cell.Items))];
        return
        [
            .. cells
                .GroupBy(cell => cell.Phrasing)
                .Select(same => new MixtureCell($"{prompt.Name} {same.Key}", same.Key, [.. same.SelectMany(cell => cell.Items).Order()])),
        ];
    }
}
