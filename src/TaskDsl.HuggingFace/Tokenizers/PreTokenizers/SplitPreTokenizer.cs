using System.Text.RegularExpressions;
using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.PreTokenizers;

/// <summary>What becomes of a match.</summary>
internal enum SplitBehavior
{
    /// <summary>It goes.</summary>
    Removed,

    /// <summary>It is a piece of its own.</summary>
    Isolated,

    /// <summary>It ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>It begins the piece behind it.</summary>
    MergedWithNext,

    /// <summary>Matches side by side are one piece.</summary>
    Contiguous,
}

/// <summary>Cuts where an expression, or a kind of character, is found.</summary>
internal sealed class SplitPreTokenizer : PreTokenizer
{
    private readonly Regex? expression;
    private readonly Func<char, bool>? rule;
    private readonly SplitBehavior behavior;
    private readonly bool invert;

    public SplitPreTokenizer(Regex expression, SplitBehavior behavior, bool invert = false) =>
        (this.expression, this.behavior, this.invert) = (expression, behavior, invert);

    public SplitPreTokenizer(Func<char, bool> rule, SplitBehavior behavior) => (this.rule, this.behavior) = (rule, behavior);

    public override void Apply(Pieces pieces)
    {
        var cut = pieces.BeginCut();
        foreach (var (start, length) in pieces.Ranges)
        {
            var text = pieces.Text.Slice(start, length);
            if (behavior == SplitBehavior.Isolated && expression is not null)
                Isolate(text, start, cut);
            else
                Cut(text, start, pieces.Matches, cut);
        }

        pieces.EndCut();
    }

    /// <summary>The common case, without a list of matches.</summary>
    private void Isolate(ReadOnlySpan<char> text, int start, List<(int Start, int Length)> cut)
    {
        var done = 0;
        foreach (var match in expression!.EnumerateMatches(text))
        {
            if (match.Index > done)
                cut.Add((start + done, match.Index - done));
            if (match.Length > 0)
                cut.Add((start + match.Index, match.Length));
            done = match.Index + match.Length;
        }

        if (done < text.Length)
            cut.Add((start + done, text.Length - done));
    }

    private void Cut(
        ReadOnlySpan<char> text,
        int start,
        List<(int Start, int Length, bool IsMatch)> matches,
        List<(int Start, int Length)> cut
    )
    {
        Find(text, matches);
        switch (behavior)
        {
            case SplitBehavior.Removed or SplitBehavior.Isolated:
                foreach (var match in matches)
                    if (match.Length > 0 && (behavior == SplitBehavior.Isolated || !match.IsMatch))
                        cut.Add((start + match.Start, match.Length));
                break;
            case SplitBehavior.MergedWithNext:
                Join(text.Length, backwards: true);
                break;
            default:
                Join(text.Length, backwards: false);
                break;
        }

        matches.Clear();

        void Join(int end, bool backwards)
        {
            // Whether a piece goes on over a border depends on the kinds of its two sides.
            var before = false;
            var first = cut.Count;
            for (var i = 0; i < matches.Count; i++)
            {
                var (at, length, isMatch) = matches[backwards ? matches.Count - 1 - i : i];
                var joins = i > 0 && (behavior == SplitBehavior.Contiguous ? isMatch == before : isMatch && !before);
                if (!joins)
                    cut.Add((start + at, length));
                else if (backwards)
                    cut[^1] = (start + at, cut[^1].Length + length);
                else
                    cut[^1] = (cut[^1].Start, cut[^1].Length + length);
                before = isMatch;
            }

            if (backwards)
                cut.Reverse(first, cut.Count - first);
            cut.RemoveAll(piece => piece.Length == 0);
        }
    }

    /// <summary>Matches and what lies between them, in order.</summary>
    private void Find(ReadOnlySpan<char> text, List<(int Start, int Length, bool IsMatch)> matches)
    {
        var done = 0;
        if (expression is not null)
        {
            foreach (var match in expression.EnumerateMatches(text))
                Add(match.Index, match.Length);
        }
        else
        {
            for (var i = 0; i < text.Length; i++)
                if (rule!(text[i]))
                    Add(i, 1);
        }

        if (done < text.Length)
            matches.Add((done, text.Length - done, invert));

        void Add(int at, int length)
        {
            if (at > done)
                matches.Add((done, at - done, invert));
            matches.Add((at, length, !invert));
            done = at + length;
        }
    }
}
