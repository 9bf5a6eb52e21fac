using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Names with two values each, and passages that a search would have found: a line a fact, one of them the one that is asked for. Columns:
/// <c>passages</c>, <c>name</c>, <c>values</c>. Known facts are the same for every seed; no new fact has a known name.
/// </summary>
[Keyword("facts"), Revision(1)]
public sealed record Facts : SyntheticSource
{
    private static readonly string[] Syllables = [.. from consonant in "bdfgklmnprst" from vowel in "aeiou" select $"{consonant}{vowel}"];

    /// <summary>How many known facts are asked for. Default: 0, each record asks for a new one.</summary>
    [Range(0, 10_000)]
    public int Known { get; init; }

    /// <summary>How many passages there are.</summary>
    [Range(1, 16)]
    public int Passages { get; init; } = 4;

    /// <summary>
    /// How many of the passages that are not asked for, at most, stand once more behind them, as questions with answers: who learns from
    /// these texts finds something to copy in each. Default: 0.
    /// </summary>
    [Range(0, 15)]
    public int Answered { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var asked = Known == 0 ? Fact(ref draw, isKnown: false) : OfKnown(draw.Below(Known));
        var found = new List<(string Name, string First, string Second)> { asked };
        while (found.Count < Passages)
            if (Fact(ref draw, isKnown: false) is var other && found.TrueForAll(fact => fact.Name != other.Name))
                found.Add(other);
        var order = draw.Permutation(Passages);
        var answered = Answered == 0 ? [] : found[1..].Take(draw.Below(Answered + 1));
        return new JsonObject
        {
            ["passages"] = string.Join(
                '\n',
                order.Select(at => found[at]).Concat(answered).Select(fact => $"{fact.Name} {fact.First} {fact.Second}")
            ),
            ["name"] = asked.Name,
            ["values"] = new JsonArray(asked.First, asked.Second),
        };
    }

    private static (string Name, string First, string Second) OfKnown(int number)
    {
        var draw = new Draw(2406_11201, number);
        return Fact(ref draw, isKnown: true);
    }

    // Known names end otherwise than new ones.
    private static (string Name, string First, string Second) Fact(ref Draw draw, bool isKnown)
    {
        var name = isKnown ? "sh" : "ll";
        for (var i = 0; i < 3; i++)
            name = Syllables[draw.Below(Syllables.Length)] + name;
        var first = draw.Below(Syllables.Length);
        var second = (first + 1 + draw.Below(Syllables.Length - 1)) % Syllables.Length;
        return (name, Syllables[first], Syllables[second]);
    }
}
