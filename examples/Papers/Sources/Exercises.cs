using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Exercises on texts of five letters, of eight families in four related pairs. Columns: <c>family</c> (<c>turn one</c>, <c>turn two</c>;
/// <c>raise first</c>, <c>raise last</c>; <c>copy first</c>, <c>copy last</c>; <c>drop first</c>, <c>drop last</c>), <c>text</c>,
/// <c>result</c>, and <c>number</c>, which says nothing. The texts of tests are in no other record.
/// </summary>
[Keyword("exercises"), Revision(1)]
public sealed record Exercises : SyntheticSource
{
    private const int Letters = 10;
    private const int Length = 5;

    private static readonly (string Name, Func<string, string> Do)[] All =
    [
        ("turn one", text => text[1..] + text[..1]),
        ("turn two", text => text[2..] + text[..2]),
        ("raise first", text => char.ToUpperInvariant(text[0]) + text[1..]),
        ("raise last", text => text[..^1] + char.ToUpperInvariant(text[^1])),
        ("copy first", text => text[0] + text),
        ("copy last", text => text + text[^1]),
        ("drop first", text => text[1..]),
        ("drop last", text => text[..^1]),
    ];

    /// <summary>The families, by their names. Default: all.</summary>
    public IReadOnlyList<string> Families { get; init; } = [];

    /// <summary>Whether the texts are those for tests.</summary>
    public bool HeldOut { get; init; }

    /// <summary>What an exercise comes to; null for a family that there is none of.</summary>
    public static string? Result(string family, string text) =>
        text.Length == Length ? Array.Find(All, known => known.Name == family).Do?.Invoke(text) : null;

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var families = All.Where(family => Families.Count == 0 || Families.Contains(family.Name)).ToList();
        if (families.Count < Families.Count)
            throw new DataException($"exercises: the families are {string.Join(", ", All.Select(family => family.Name))}.");
        // One family after the other: as many of each.
        var (name, exercise) = families[number % families.Count];
        var draw = new Draw(Seed, number);
        var text = new char[Length];
        do for (var i = 0; i < Length; i++)
            text[i] = (char)('a' + draw.Below(Letters));
        while (new Draw(Draw.Seed(text)).Below(8) == 0 != HeldOut);
        return new JsonObject
        {
            ["number"] = draw.Below(10_000),
            ["family"] = name,
            ["text"] = new string(text),
            ["result"] = exercise(new string(text)),
        };
    }
}
