using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using TaskDsl.Data.Stages.Hashing;
using TaskDsl.Tasks;
using TaskDsl.Vocabulary;

namespace TaskDsl.Data.Stages;

/// <summary>
/// Leaves out what is nearly the same as an example kept before it: their sets of shingles (so many words in a row) have a Jaccard
/// similarity of the threshold or more. Candidates are found by MinHash in bands (Broder 1997; Leskovec et al., Mining of Massive Datasets,
/// ch. 3) and then compared exactly, so nothing is left out that is less alike; of pairs right at the threshold 99 % are found, of more
/// alike ones more.
/// </summary>
/// <remarks>
/// Takes 300 to 600 bytes of memory for each example kept; the shingles lie on the disk. A text without words is like no other.
/// </remarks>
[Keyword("near_deduplicate")]
public sealed record NearDeduplicate : Stage
{
    /// <summary>The Jaccard similarity from which two examples are taken for the same.</summary>
    [Shorthand, Range(0.5, 1.0)]
    public double Threshold { get; init; } = 0.8;

    /// <summary>How many words make a shingle. In a script without spaces each character is a word; case does not count.</summary>
    [Range(1, 20)]
    public int Words { get; init; } = 3;

    /// <summary>The text that is compared: an expression over the fields. Default: all the texts of the input.</summary>
    public TextExpression? By { get; init; }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<T> ApplyAsync<T>(
        IAsyncEnumerable<T> examples,
        StageContext context,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var kept = new ShingleFile();
        var origins = new List<RecordOrigin>();
        var bands = new MinHashBands(Threshold);
        var shingles = new Shingles(Words);
        await foreach (var example in examples.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            shingles.Clear();
            if (By is null)
                shingles.AddInput(context.Task, example);
            else
                shingles.Add(By.Of(example));
            var set = shingles.ToSet();
            bands.Compute(set);
            if (FirstAlike(set, bands, kept) is (int index, double similarity))
            {
                context.Drop(
                    example,
                    "near duplicate",
                    FormattableString.Invariant($"near duplicate of {origins[index]} ({similarity:0.00})")
                );
                continue;
            }

            if (set.Length > 0)
            {
                bands.Add((uint)origins.Count);
                kept.Add(set);
                origins.Add(example.Origin);
            }

            yield return example;
        }
    }

    /// <summary>The first of the examples kept that is alike enough; null where none is.</summary>
    private (int Index, double Similarity)? FirstAlike(ulong[] set, MinHashBands bands, ShingleFile kept)
    {
        if (set.Length == 0)
            return null;
        foreach (var candidate in bands.Candidates())
            if (kept.Jaccard((int)candidate, set) is var similarity && similarity >= Threshold)
                return ((int)candidate, similarity);
        return null;
    }
}
