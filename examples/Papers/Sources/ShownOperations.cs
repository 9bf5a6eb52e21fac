using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Operations on texts of four letters, none of them twice: another order of the four places, told by four worked examples. Columns:
/// <c>shown</c> (four texts, each with its result in capitals, a line each), <c>text</c>, <c>result</c>. Of the 24 operations five are for
/// tests alone.
/// </summary>
[Keyword("shown_operations"), Revision(1)]
public sealed record ShownOperations : SyntheticSource
{
    private const int Letters = 10;
    private const int Length = 4;
    private const int Shown = 4;
    private const int Root = 2407_12874;

    // One order of all for ever, whatever the seed: what is held out stays held out.
    private static readonly int[][] All =
    [
        .. from a in Enumerable.Range(0, Length)
        from b in Enumerable.Range(0, Length)
        from c in Enumerable.Range(0, Length)
        where a != b && a != c && b != c
        orderby new Draw(Root, a, b, c).Next()
        select (int[])[a, b, c, 6 - a - b - c],
    ];

    private static readonly int[][] HeldOut = All[..5];
    private static readonly int[][] Learnt = All[5..];

    /// <summary>What the records are for.</summary>
    public OperationUse For { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        if (For == OperationUse.WorkedExamples && Count > HeldOut.Length * Shown)
            throw new DataException($"shown_operations: there are {HeldOut.Length * Shown} worked examples, not {Count}.");
        var draw = new Draw(Seed, number);
        // The five have the same worked examples for ever.
        var which = For == OperationUse.WorkedExamples ? number / Shown : draw.Below(HeldOut.Length);
        var fixedOnes = new Draw(Root, which);
        var order = For == OperationUse.Learnt ? Learnt[draw.Below(Learnt.Length)] : HeldOut[which];
        var shown = For == OperationUse.Learnt ? Texts(ref draw) : Texts(ref fixedOnes);
        string text;
        do text = For == OperationUse.WorkedExamples ? shown[number % Shown] : Text(ref draw);
        while (For != OperationUse.WorkedExamples && shown.Contains(text));
        return new JsonObject
        {
            ["shown"] = string.Join('\n', shown.Select(worked => $"{worked}\n{Result(worked)}")),
            ["text"] = text,
            ["result"] = Result(text),
        };

        string Result(string before) => string.Concat(order.Select(place => char.ToUpperInvariant(before[place])));
    }

    private static string[] Texts(ref Draw draw)
    {
        var texts = new string[Shown];
        for (var i = 0; i < Shown; i++)
            do texts[i] = Text(ref draw);
            while (Array.IndexOf(texts, texts[i]) < i);
        return texts;
    }

    private static string Text(ref Draw draw) =>
        string.Concat(draw.Permutation(Letters).Take(Length).Select(letter => (char)('a' + letter)));
}

/// <summary>What operations are for.</summary>
public enum OperationUse
{
    /// <summary>To be learnt, each with worked examples of its own.</summary>
    Learnt,

    /// <summary>Tests: of the five, other texts than their worked examples.</summary>
    Tests,

    /// <summary>The worked examples of the five, as examples: four of each are all that there are.</summary>
    WorkedExamples,
}
