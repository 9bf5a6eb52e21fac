using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Texts of three letters, and the digit of what is meant by them. A world has ten intents, each with five letters and a digit of its own.
/// Columns: <c>text</c>, <c>label</c> (its digit as a word), and of a world of the record's own <c>first</c>, <c>rest</c> (the first line
/// of pairs of four of its intents, a text and its digit a line each, and the other lines). One text of ten has a letter of another intent.
/// </summary>
[Keyword("intents"), Revision(1)]
public sealed record Intents : SyntheticSource
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int All = 10;
    private const int Own = 5;
    private const int Length = 3;
    private const int Shown = 4;
    private static readonly string[] Names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    /// <summary>The world, the same for every seed. Default: 0, each record has one of its own.</summary>
    [Range(0, 1000)]
    public int World { get; init; }

    /// <summary>How many pairs a record of its own world has.</summary>
    [Range(2, 64)]
    public int Pairs { get; init; } = 20;

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var world = World == 0 ? new Draw(Seed, number, 1) : new Draw(2209_01975, World);
        var (letters, digits) = (world.Permutation(Letters.Length), world.Permutation(All));
        if (World > 0)
        {
            var meant = draw.Below(All);
            return new JsonObject { ["text"] = Text(letters, meant, ref draw), ["label"] = Names[digits[meant]] };
        }

        var some = draw.Permutation(All)[..Shown];
        var lines = new List<string>();
        while (lines.Count < 2 * Pairs)
        {
            var meant = some[draw.Below(Shown)];
            lines.AddRange([Text(letters, meant, ref draw), digits[meant].ToString(CultureInfo.InvariantCulture)]);
        }

        return new JsonObject { ["first"] = lines[0], ["rest"] = string.Join('\n', lines.Skip(1)) };
    }

    private static string Text(int[] letters, int meant, ref Draw draw)
    {
        var text = new char[Length];
        foreach (var (place, own) in draw.Permutation(Own)[..Length].Index())
            text[place] = Letters[letters[meant * Own + own]];
        if (draw.Below(All) == 0)
            text[draw.Below(Length)] = Letters[draw.Below(Letters.Length)];
        return new string(text);
    }
}
