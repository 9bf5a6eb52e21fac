using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Pairs of a mapping from 8 letters to 4 digits, a pair a line; every 8 pairs have each letter once. Columns: <c>first</c>, <c>rest</c>
/// (the first pair, and the others), <c>shown</c> (all pairs), <c>symbol</c>, <c>label</c> (a
/// letter that is asked for, and its digit as a word). One mapping of eight, by a hash of its digits, is for tests alone: no eight pairs of
/// any other record, noise and all, spell it.
/// </summary>
[Keyword("mappings"), Revision(3)]
public sealed record Mappings : SyntheticSource
{
    private const int Symbols = 8;
    private const int Labels = 4;
    private static readonly string[] Names = ["zero", "one", "two", "three"];

    /// <summary>How many pairs a record has.</summary>
    [Range(1, 64)]
    public int Pairs { get; init; } = 24;

    /// <summary>How many mappings there are, the same for every seed. Default: 0, each record has one of its own.</summary>
    [Range(0, 1000)]
    public int Fixed { get; init; }

    /// <summary>How many letters' digits are others than those of the fixed mapping.</summary>
    [Range(0, Symbols)]
    public int Changed { get; init; }

    /// <summary>The letters' alphabet.</summary>
    public Alphabet Alphabet { get; init; } = Alphabet.Lower;

    /// <summary>The share of pairs whose digit is drawn anew.</summary>
    [Range(0.0, 1.0)]
    public double Noise { get; init; }

    /// <summary>Whether the mappings are those for tests. Fixed ones are none of them, unless at least two letters are changed.</summary>
    public bool HeldOut { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        if (HeldOut && Fixed > 0 && Changed < 2)
            throw new DataException(
                "mappings: fixed mappings are not held out; say 'changed: 2' or more beside 'held_out', or no 'fixed'."
            );
        var draw = new Draw(Seed, number);
        int[] mapping;
        do
        {
            mapping = Fixed == 0 ? Drawn(ref draw) : OfFixed(draw.Below(Fixed));
            foreach (var symbol in draw.Permutation(Symbols).Take(Changed))
                mapping[symbol] = (mapping[symbol] + 1 + draw.Below(Labels - 1)) % Labels;
        } while (IsHeldOut(mapping) != HeldOut);

        var first = Alphabet == Alphabet.Upper || (Alphabet == Alphabet.Either && draw.Below(2) == 0) ? 'A' : 'a';
        var lines = new List<string>();
        while (lines.Count < Pairs)
        {
            var digits = Noisy(mapping, ref draw);
            lines.AddRange(
                draw.Permutation(Symbols).Take(Pairs - lines.Count).Select(symbol => $"{(char)(first + symbol)}{digits[symbol]}")
            );
        }

        var asked = draw.Below(Symbols);
        return new JsonObject
        {
            ["first"] = lines[0],
            ["rest"] = string.Join('\n', lines.Skip(1)),
            ["shown"] = string.Join('\n', lines),
            ["symbol"] = $"{(char)(first + asked)}",
            ["label"] = Names[mapping[asked]],
        };
    }

    // Noise makes no mapping of one that is learnt which is for tests.
    private int[] Noisy(int[] mapping, ref Draw draw)
    {
        var digits = new int[Symbols];
        do for (var symbol = 0; symbol < Symbols; symbol++)
            digits[symbol] = draw.Unit() < Noise ? draw.Below(Labels) : mapping[symbol];
        while (!HeldOut && IsHeldOut(digits));
        return digits;
    }

    private static int[] OfFixed(int number)
    {
        var draw = new Draw(2309_10105, number);
        int[] mapping;
        do mapping = Drawn(ref draw);
        while (IsHeldOut(mapping));
        return mapping;
    }

    private static bool IsHeldOut(int[] mapping) => new Draw(mapping.Aggregate(0L, (all, digit) => all * Labels + digit)).Below(8) == 0;

    private static int[] Drawn(ref Draw draw)
    {
        var mapping = new int[Symbols];
        for (var symbol = 0; symbol < Symbols; symbol++)
            mapping[symbol] = draw.Below(Labels);
        return mapping;
    }
}

/// <summary>The letters of a mapping.</summary>
public enum Alphabet
{
    /// <summary>a to h.</summary>
    Lower,

    /// <summary>A to H.</summary>
    Upper,

    /// <summary>One of the two for each record.</summary>
    Either,
}
