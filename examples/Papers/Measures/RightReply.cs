using System.Globalization;
using Papers.Sources;
using TaskDsl.Metrics.Counting;
using TaskDsl.Vocabulary;

namespace Papers.Measures;

/// <summary>The share of replies that are one of the four that are right where gold is: written otherwise they count as much.</summary>
[Keyword("right_reply")]
public sealed record RightReply : Metric
{
    /// <inheritdoc/>
    public override bool IsMean => true;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<Answer> answers)
    {
        if (answers.IsEmpty)
            return double.NaN;
        var right = 0;
        foreach (var answer in answers)
            if (answer.Predicted is [{ Value: var reply }] && AllRight(answer.Gold[0].Value).Contains(reply))
                right++;
        return (double)right / answers.Length;
    }

    /// <summary>The replies that are right where this one is.</summary>
    private static IReadOnlyList<string> AllRight(string reply)
    {
        if (reply.Split('(', ')') is [var before, var inner, var behind])
            return Replies.Right(inner, int.Parse(before + behind, CultureInfo.InvariantCulture));
        var letters = reply.Replace(" ", "", StringComparison.Ordinal);
        return Replies.Right(letters[..Replies.WordLength], letters.Length / Replies.WordLength);
    }
}
