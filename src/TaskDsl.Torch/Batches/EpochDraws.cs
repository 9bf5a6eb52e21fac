using TaskDsl.Data;
using TaskDsl.Torch.Draws;

namespace TaskDsl.Torch.Batches;

/// <summary>
/// What an epoch draws, in its order. Each source is an endless series of random orders of its items; an epoch takes the next
/// weight · count of them, so that a weight of 0.5 sees every item once in two epochs. Eight bytes a draw, whatever the items.
/// </summary>
internal sealed class EpochDraws
{
    private readonly int[] order;
    private readonly Part[] parts;

    public EpochDraws(IReadOnlyList<TokenSource> sources, int seed, int epoch)
    {
        var all = 0L;
        parts = new Part[sources.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var (source, size) = (sources[i], sources[i].Weight * sources[i].Count);
            var (from, to) = (Begin(epoch * size), Begin((epoch + 1) * size));
            var repetitions = to == from ? [] : new int[(to - 1) / source.Count - from / source.Count + 1][];
            for (var repetition = 0; repetition < repetitions.Length; repetition++)
                repetitions[repetition] = new Draw(
                    seed,
                    Draw.Seed(source.Name),
                    Draw.Seed("order"),
                    from / source.Count + repetition
                ).Permutation(source.Count);
            parts[i] = new Part(source, all, from, repetitions);
            all += to - from;
        }

        if (all > Array.MaxLength)
            throw new DataException(
                $"Epoch {epoch + 1} draws {all:N0} examples; at most {Array.MaxLength:N0} are possible. Lower the weights of the "
                    + "recipe's tasks, or set mixture.cap."
            );
        order = new Draw(seed, Draw.Seed("mixture"), epoch).Permutation((int)all);
    }

    /// <summary>How many draws there are.</summary>
    public int Count => order.Length;

    /// <summary>One draw: an item of a source, and how often it was drawn before.</summary>
    public (TokenSource Source, int Index, int Repetition) At(int number)
    {
        var at = (long)order[number];
        var i = parts.Length - 1;
        while (parts[i].Start > at)
            i--;
        var part = parts[i];
        at += part.From - part.Start;
        var (repetition, item) = Math.DivRem(at, part.Source.Count);
        return (part.Source, part.Repetitions[repetition - part.From / part.Source.Count][item], (int)repetition);
    }

    // Rounded: 15 / 22 · 22 is a little less than 15.
    private static long Begin(double draws) => (long)Math.Floor(Math.Round(draws, 6));

    /// <summary>
    /// A source's draws: where they stand among all, the first in the source's own series, and the orders that they come from.
    /// </summary>
    private readonly record struct Part(TokenSource Source, long Start, long From, int[][] Repetitions);
}
