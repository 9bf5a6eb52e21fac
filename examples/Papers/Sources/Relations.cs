using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Names, of each of which four things are known: a place, a craft, a colour, a food, each one of ten. Columns: <c>name</c>, <c>value</c>.
/// What is known of a name is the same for every seed; which of the four a record says is not said.
/// </summary>
[Keyword("relations"), Revision(1)]
public sealed record Relations : SyntheticSource
{
    private static readonly string[] Syllables = [.. from consonant in "bdfgklmnprst" from vowel in "aeiou" select $"{consonant}{vowel}"];

    // The four begin with other letters, so that what is said can be told from its first one.
    private static readonly string[][] Values =
    [
        ["Aber", "Alma", "Atho", "Ebro", "Elba", "Enna", "Ibar", "Ilva", "Imola", "Isar"],
        ["baker", "barber", "binder", "carver", "cooper", "cutter", "dyer", "digger", "drover", "draper"],
        ["red", "rust", "rose", "sand", "silver", "slate", "tan", "teal", "umber", "violet"],
        ["Lentil", "Leek", "Lemon", "Melon", "Millet", "Maize", "Nut", "Nettle", "Oat", "Olive"],
    ];

    /// <summary>The number of the first name.</summary>
    [Range(0, 100_000)]
    public int First { get; init; }

    /// <summary>How many names there are.</summary>
    [Range(1, 100_000)]
    public int Names { get; init; } = 600;

    /// <summary>What is said of them.</summary>
    public RelationKind Relation { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var name = First + number % Names;
        var known = new Draw(2406_15480, name);
        var called = string.Concat(Enumerable.Range(0, 3).Select(_ => Syllables[known.Below(Syllables.Length)]));
        string[] values = [.. Values.Select(of => of[known.Below(of.Length)])];
        var draw = new Draw(Seed, number);
        return new JsonObject
        {
            ["name"] = called,
            ["value"] = values[Relation == RelationKind.Any ? draw.Below(values.Length) : (int)Relation - 1],
        };
    }
}

/// <summary>What a record says of a name.</summary>
public enum RelationKind
{
    /// <summary>One of the four, drawn for each record.</summary>
    Any,

    /// <summary>The place.</summary>
    Place,

    /// <summary>The craft.</summary>
    Craft,

    /// <summary>The colour.</summary>
    Colour,

    /// <summary>The food.</summary>
    Food,
}
