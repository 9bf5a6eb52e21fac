using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Pairs of a mapping from 8 letters to 4 digits, a pair a line, and letters whose digits are asked for. Columns: <c>shown</c> (the pairs),
/// <c>asked</c> and <c>answered</c> (letters, in another order, and their pairs), <c>symbol</c> and <c>label</c> (the first of them, and
/// its digit as a word). One mapping of eight, by a hash of its digits, is for tests alone: no other record has it.
/// </summary>
[Keyword("mappings"), Revision(3)]
public sealed record Mappings : SyntheticSource
{
    private const int Symbols = 8;
    private const int Labels = 4;
    private static readonly string[] Names = ["zero", "one", "two", "three"];

    /// <summary>How many pairs a record shows at least; how many, and which, is drawn. Default: all eight.</summary>
    [Range(0, Symbols)]
    public int Pairs { get; init; } = Symbols;

    /// <summary>How many letters a record asks for at most; how many, and which, is drawn.</summary>
    [Range(1, Symbols)]
    public int Asked { get; init; } = 1;

    /// <summary>How many mappings there are, the same for every seed. Default: 0, each record has one of its own.</summary>
    [Range(0, 1000)]
    public int Fixed { get; init; }

    /// <summary>How many letters' digits are others than those of the fixed mapping.</summary>
    [Range(0, Symbols)]
    public int Changed { get; init; }

    /// <summary>The letters' alphabet.</summary>
    public Alphabet Alphabet { get; init; } = Alphabet.Lower;

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
        var pairs = Pairs + draw.Below(Symbols + 1 - Pairs);
        var shown = draw.Permutation(Symbols).Take(pairs).Select(symbol => $"{(char)(first + symbol)}{mapping[symbol]}");
        var count = 1 + draw.Below(Asked);
        var asked = draw.Permutation(Symbols)[..count];
        return new JsonObject
        {
            ["shown"] = string.Join('\n', shown),
            ["asked"] = string.Concat(asked.Select(symbol => (char)(first + symbol))),
            ["answered"] = string.Concat(asked.Select(symbol => $"{(char)(first + symbol)}{mapping[symbol]}")),
            ["symbol"] = $"{(char)(first + asked[0])}",
            ["label"] = Names[mapping[asked[0]]],
        };
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
