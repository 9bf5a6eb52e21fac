using System.ComponentModel.DataAnnotations;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Sentences;
using TaskDsl.Vocabulary;

namespace TaskDsl.Torch.Pipelines.Selecting;

/// <summary>
/// Those that lie far apart: the most typical one first (the nearest to all), then each time the one that is least like the nearest of the
/// chosen (the greedy k-center of Gonzalez 1985; Sener and Savarese, arXiv 1708.00489).
/// </summary>
[Keyword("diverse")]
public sealed record Diverse : Selection
{
    /// <summary>How many.</summary>
    [Range(1, int.MaxValue)]
    public required int Count { get; init; }

    /// <summary>An index by vectors, whose model makes the examples' vectors; those of its own texts are looked up.</summary>
    [StepResult("index")]
    public required string Index { get; init; }

    /// <summary>The text that is compared: an expression over the fields. Default: all the texts of the input, a line each.</summary>
    public TextExpression? Of { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> Choose(StepContext step, DslTask task, IReadOnlyList<Example> pool)
    {
        ArgumentNullException.ThrowIfNull(step);
        using var index = SearchIndex.Open(step, Index, task);
        using var vectors = index.Vectors([.. pool.Select(example => ExampleText.Of(Of, task, example))]);
        return Among(vectors, AtMost(step, Count, pool.Count));
    }

    /// <summary>The places of vectors that lie far apart.</summary>
    public static IReadOnlyList<int> Among(VectorTable vectors, int count)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        var chosen = new List<int>();
        var nearest = new float[vectors.Count]; // The similarity with the nearest of the chosen.
        while (chosen.Count < count)
        {
            var next = chosen.Count == 0 ? Greatest(vectors.WithAll()) : Least(nearest);
            var similar = vectors.With(next);
            for (var i = 0; i < nearest.Length; i++)
                nearest[i] = chosen.Count == 0 ? similar[i] : Math.Max(nearest[i], similar[i]);
            chosen.Add(next);
            nearest[next] = float.PositiveInfinity; // Not again, though another were the same.
        }

        return chosen;
    }

    private static int Greatest(float[] numbers) => Array.IndexOf(numbers, numbers.Max());

    private static int Least(float[] numbers) => Array.IndexOf(numbers, numbers.Min());
}
