using TaskDsl.Data;

namespace TaskDsl.Torch.Batches;

/// <summary>
/// Rows of tokens for one pass through a model, <c>[batch, sequence]</c> in row-major order. In each row sequences stand one behind the
/// other; positions begin again at 0 in each, and the segment numbers (from 1; 0 is padding) say which tokens may see each other.
/// </summary>
public sealed class TokenBatch
{
    private readonly long[] ids;
    private readonly long[] positions;
    private readonly long[] segments;
    private readonly bool[] completionMask;
    private List<PlacedSequence> placed = [];

    /// <summary>Collates rows; shorter ones are padded on the right.</summary>
    /// <param name="rows">The examples of each row.</param>
    /// <param name="padding">The token that fills rows up.</param>
    public TokenBatch(IReadOnlyList<TokenGroup[]> rows, int padding)
    {
        ArgumentNullException.ThrowIfNull(rows);
        (Rows, Padding) = (rows.Count, padding);
        Lengths = [.. rows.Select(row => row.Sum(s => s.Length))];
        Length = Lengths.Max();
        ids = new long[Rows * Length];
        positions = new long[Rows * Length];
        segments = new long[Rows * Length];
        completionMask = new bool[Rows * Length];
        Array.Fill(ids, padding);
        var examples = 0;
        for (var row = 0; row < Rows; row++)
        {
            var (at, segment) = (row * Length, 0L);
            foreach (var group in rows[row])
            {
                Tokens += group.Length;
                foreach (var (rank, sequence) in group.Sequences.Index())
                {
                    segment++;
                    placed.Add(new PlacedSequence(sequence, group, at, examples, rank));
                    for (var i = 0; i < sequence.Ids.Length; i++, at++)
                        (ids[at], positions[at], segments[at], completionMask[at]) = (
                            sequence.Ids[i],
                            i,
                            segment,
                            sequence.CompletionMask[i]
                        );
                }

                examples++;
            }

            IsPacked |= segment > 1;
        }

        Origins = [.. rows.SelectMany(row => row.Select(s => s.Origin))];
    }

    /// <summary>Collates examples of one sequence each.</summary>
    /// <param name="rows">The sequences of each row.</param>
    /// <param name="padding">The token that fills rows up.</param>
    public TokenBatch(IReadOnlyList<TokenSequence[]> rows, int padding)
        : this([.. rows.Select(row => Array.ConvertAll(row, sequence => new TokenGroup(sequence)))], padding) { }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>Tokens per row, padding included.</summary>
    public int Length { get; }

    /// <summary>Tokens of each row that are no padding.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>Tokens that are no padding.</summary>
    public long Tokens { get; }

    /// <summary>Whether a row holds several sequences.</summary>
    public bool IsPacked { get; }

    /// <summary>Where the sequences were read from, in order.</summary>
    public IReadOnlyList<RecordOrigin> Origins { get; }

    /// <summary>The tokens, row by row.</summary>
    public ReadOnlySpan<long> Ids => ids;

    /// <summary>Each token's position in its sequence.</summary>
    public ReadOnlySpan<long> Positions => positions;

    /// <summary>Each token's segment in its row, from 1; 0 for padding.</summary>
    public ReadOnlySpan<long> Segments => segments;

    /// <summary>For each token, whether it is of a completion: the model must produce it.</summary>
    public ReadOnlySpan<bool> CompletionMask => completionMask;

    /// <summary>The token that fills rows up.</summary>
    public int Padding { get; }

    /// <summary>The sequences, in the order in which they lie.</summary>
    public IReadOnlyList<PlacedSequence> Sequences => placed;

    /// <summary>The same rows with those of their sequences that are for one term of a sum.</summary>
    /// <param name="term">The number of the term.</param>
    /// <returns>This batch where all are.</returns>
    public TokenBatch For(int term)
    {
        if (placed.TrueForAll(IsMeant))
            return this;
        var part = (TokenBatch)MemberwiseClone();
        part.placed =
        [
            .. placed.Where(IsMeant).GroupBy(s => s.Example).SelectMany(group => group.Select((s, rank) => s with { Rank = rank })),
        ];
        return part;

        bool IsMeant(PlacedSequence placed) => (placed.Sequence.Terms >> term & 1) != 0;
    }
}
