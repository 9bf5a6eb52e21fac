using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Sentences;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Scoring;

/// <summary>How near the example is to an index: the mean similarity of the nearest texts, a cosine or BM25's score.</summary>
[Keyword("similarity")]
public sealed record SimilarityScorer : Scorer
{
    /// <summary>The index, of the same task or of texts.</summary>
    [Shorthand, StepResult("index")]
    public required string Index { get; init; }

    /// <summary>How many of the nearest texts count.</summary>
    [Range(1, int.MaxValue)]
    public int Nearest { get; init; } = 1;

    /// <summary>The text that is searched for: an expression over the fields. Default: all the texts of the input, a line each.</summary>
    public TextExpression? Of { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<ScoredExample> Score(StepContext step, DslTask task, IReadOnlyList<Example> examples)
    {
        ArgumentNullException.ThrowIfNull(step);
        using var index = SearchIndex.Open(step, Index, task);
        var found = index.Search([.. examples.Select(example => ExampleText.Of(Of, task, example))], Nearest);
        return [.. found.Select(hits => new ScoredExample(hits.Average(hit => hit.Score)))];
    }
}
