using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Texts of four letters whose letters an operation puts into another order; eighteen operations, each with a name of two letters. Columns:
/// <c>known</c>, <c>asked</c>, <c>answered</c>, what is known of an operation (its name, or four texts with their results, a line each),
/// texts, and the same with their results; or, of one operation, <c>shown</c> (the four), <c>name</c>, <c>text</c>, <c>result</c>. The
/// twelve operations that are tested are asked for more or less often, the first never.
/// </summary>
[Keyword("reorderings"), Revision(2)]
public sealed record Reorderings : SyntheticSource
{
    private const int Letters = 10;
    private const int Length = 4;
    private const int Shown = 4;

    // How often each is asked for: the tested ones, then the six that instructions are learnt by.
    private static readonly int[] Exposure = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 16, 16, 16, 16, 16, 16];

    // Orders of four places; the one that leaves all as it is is none of them.
    private static readonly int[][] Orders =
    [
        .. new Draw(2501_08716)
            .Permutation(Length * Length * Length * Length)
            .Select(code => new[] { code / 64, code / 16 % 4, code / 4 % 4, code % 4 })
            .Where(order => order.Distinct().Count() == Length && !order.SequenceEqual([0, 1, 2, 3]))
            .Take(Exposure.Length),
    ];

    /// <summary>The operation, from 1; the tested ones are 1 to 12. Default: 0, records of all.</summary>
    [Range(0, 12)]
    public int Tested { get; init; }

    /// <summary>Whether the records are of the six operations that instructions are learnt by.</summary>
    public bool Instructed { get; init; }

    /// <summary>How many texts a record of all asks for at most; how many is drawn.</summary>
    [Range(1, 32)]
    public int Asked { get; init; } = 6;

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        if (Tested > 0 || Instructed)
        {
            var operation = Instructed ? 12 + draw.Below(6) : Tested - 1;
            var text = Text(ref draw);
            return new JsonObject
            {
                ["shown"] = Worked(operation, ref draw),
                ["name"] = Name(operation),
                ["text"] = text,
                ["result"] = Done(operation, text),
            };
        }

        var (left, of) = (draw.Below(Exposure.Sum()), 0);
        while ((left -= Exposure[of]) >= 0)
            of++;
        var known = draw.Below(2) == 0 ? Name(of) : Worked(of, ref draw);
        var asked = Texts(1 + draw.Below(Asked), ref draw);
        return new JsonObject
        {
            ["known"] = known,
            ["asked"] = string.Join(' ', asked),
            ["answered"] = string.Join(' ', asked.Select(text => text + Done(of, text))),
        };
    }

    private static string Worked(int operation, ref Draw draw) =>
        string.Join('\n', Texts(Shown, ref draw).Select(text => text + Done(operation, text)));

    private static string[] Texts(int count, ref Draw draw)
    {
        var texts = new string[count];
        for (var i = 0; i < count; i++)
            texts[i] = Text(ref draw);
        return texts;
    }

    private static string Name(int operation) => $"{(char)('A' + operation)}{(char)('A' + operation * 7 % 26)}";

    private static string Done(int operation, string text) => new([.. Orders[operation].Select(place => text[place])]);

    private static string Text(ref Draw draw)
    {
        var text = new char[Length];
        for (var i = 0; i < Length; i++)
            text[i] = (char)('a' + draw.Below(Letters));
        return new string(text);
    }
}
