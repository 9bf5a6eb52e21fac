using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Requests for a word several times, as <c>kfam3</c>, and one of four right replies, drawn evenly: <c>kfamkfamkfam</c>,
/// <c>kfam kfam kfam</c>, <c>3(kfam)</c>, <c>(kfam)3</c>. Columns: <c>request</c>, <c>reply</c>,
/// <c>second</c>, drawn once more. A word is in one part alone.
/// </summary>
[Keyword("replies"), Revision(1)]
public sealed record Replies : SyntheticSource
{
    /// <summary>How many letters a word has.</summary>
    internal const int WordLength = 4;

    private const int Letters = 12;

    /// <summary>Which words are asked for.</summary>
    public WordPart Part { get; init; }

    /// <summary>All replies that are right.</summary>
    public static IReadOnlyList<string> Right(string word, int times)
    {
        var all = Enumerable.Repeat(word, times).ToArray();
        return [string.Concat(all), string.Join(' ', all), $"{times}({word})", $"({word}){times}"];
    }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var word = new char[WordLength];
        do for (var i = 0; i < WordLength; i++)
            word[i] = (char)('a' + draw.Below(Letters));
        while (PartOf(word) != Part);
        var times = 2 + draw.Below(3);
        var right = Right(new string(word), times);
        return new JsonObject
        {
            ["request"] = $"{new string(word)}{times}",
            ["reply"] = right[draw.Below(right.Count)],
            ["second"] = right[draw.Below(right.Count)],
        };
    }

    // Of ten words one is for validation and one for tests, whatever is asked of them.
    private static WordPart PartOf(ReadOnlySpan<char> word) =>
        new Draw(Draw.Seed(word)).Below(10) switch
        {
            0 => WordPart.Validation,
            1 => WordPart.Test,
            _ => WordPart.Learnt,
        };
}

/// <summary>What words are for.</summary>
public enum WordPart
{
    /// <summary>To be learnt.</summary>
    Learnt,

    /// <summary>To choose sizes and rates by.</summary>
    Validation,

    /// <summary>Tests.</summary>
    Test,
}
