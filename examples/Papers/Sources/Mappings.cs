using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Pairs of a mapping from 8 letters to 4 digits, a letter and its digit a line each; every 8 pairs have each letter once. Columns:
/// <c>first</c>, <c>rest</c> (the first line of all pairs, and the others), <c>shown</c> (all pairs), <c>symbol</c>, <c>label</c> (a
/// letter that is asked for, and its digit as a word).
/// </summary>
[Keyword("mappings"), Revision(1)]
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

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var mapping = Fixed == 0 ? Drawn(ref draw) : OfFixed(draw.Below(Fixed));
        foreach (var symbol in draw.Permutation(Symbols).Take(Changed))
            mapping[symbol] = (mapping[symbol] + 1 + draw.Below(Labels - 1)) % Labels;
        var first = Alphabet == Alphabet.Upper || (Alphabet == Alphabet.Either && draw.Below(2) == 0) ? 'A' : 'a';
        var lines = new List<string>();
        int[] order = [];
        for (var pair = 0; pair < Pairs; pair++)
        {
            if (pair % Symbols == 0)
                order = draw.Permutation(Symbols);
            var symbol = order[pair % Symbols];
            var digit = draw.Unit() < Noise ? draw.Below(Labels) : mapping[symbol];
            lines.AddRange([$"{(char)(first + symbol)}", digit.ToString(CultureInfo.InvariantCulture)]);
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

    private static int[] OfFixed(int number)
    {
        var draw = new Draw(2309_10105, number);
        return Drawn(ref draw);
    }

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
