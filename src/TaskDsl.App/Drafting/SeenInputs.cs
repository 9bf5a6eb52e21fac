using System.Text;
using TaskDsl.App.Drafting.Looking;

namespace TaskDsl.App.Drafting;

/// <summary>
/// The inputs that were seen, by their hashes. Of more than half a million only those are remembered whose hash ends in so many zeros:
/// equal inputs have equal hashes, so that a part of them is found wherever they stand, and tells how many there are.
/// </summary>
internal sealed class SeenInputs
{
    private const int Most = 1 << 19;

    private readonly Dictionary<ulong, Earlier> inputs = [];
    private int zeros;

    /// <summary>Looks an input up, and remembers it where it is new.</summary>
    /// <param name="input">The input.</param>
    /// <param name="record">What to remember.</param>
    /// <returns>The record that had it first; and how many inputs each one stands for, 0 where it is not among those remembered.</returns>
    public (Earlier? Earlier, int Weight) Add(string input, in Earlier record)
    {
        var hash = Values.Hash(Folded(input));
        var mask = (1UL << zeros) - 1;
        if ((hash & mask) != 0)
            return (null, 0);
        if (inputs.TryGetValue(hash, out var earlier))
            return (earlier, 1 << zeros);
        inputs.Add(hash, record);
        var weight = 1 << zeros;
        if (inputs.Count > Most)
        {
            zeros++;
            mask = (1UL << zeros) - 1;
            foreach (var kept in inputs.Keys)
                if ((kept & mask) != 0)
                    inputs.Remove(kept);
        }

        return (null, weight);
    }

    /// <summary>A text without what does not make it another: case, and where blanks stand.</summary>
    public static string Folded(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var sign in text)
            if (!char.IsWhiteSpace(sign))
                folded.Append(char.ToLowerInvariant(sign));
            else if (folded.Length > 0 && folded[^1] != ' ')
                folded.Append(' ');
        return folded.ToString().TrimEnd();
    }
}
