using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Phrases of one grammar (a noun, a verb, a noun) in four made-up languages that share no word. Columns: <c>text</c>, <c>topic</c> (the
/// kind of the first noun), <c>object</c> (of the second), <c>mood</c> (of the verb), <c>same</c> (whether both nouns are of one kind).
/// With <c>aligned</c>: <c>first</c> and <c>rest</c>, a phrase in one language and in a share of records the same in another, else another
/// phrase of the first language.
/// </summary>
[Keyword("phrases"), Revision(1)]
public sealed record Phrases : SyntheticSource
{
    private const int Nouns = 24;
    private const int Verbs = 12;

    /// <summary>The languages.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "de", "fr", "it"];

    private static readonly string[] Kinds = ["animal", "food", "place", "tool"];

    private static readonly string[] Syllables = [.. from consonant in "bdfgklmnprstvz" from vowel in "aeiou" select $"{consonant}{vowel}"];

    // The same words for ever, whatever the seed: nouns and verbs of the first language, of the second, …
    private static readonly string[] Words =
    [
        .. new Draw(2211_01786)
            .Permutation(Syllables.Length * Syllables.Length)
            .Take(4 * (Nouns + Verbs))
            .Select(number => Syllables[number / Syllables.Length] + Syllables[number % Syllables.Length]),
    ];

    /// <summary>The share of records in two languages; null for phrases of the source's own language with their labels.</summary>
    [Range(0.0, 1.0)]
    public double? Aligned { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var (first, verb, second) = (draw.Below(Nouns), draw.Below(Verbs), draw.Below(Nouns));
        if (Aligned is { } share)
        {
            var one = draw.Below(Languages.Count);
            var isAligned = draw.Unit() < share;
            var other = (one + 1 + draw.Below(Languages.Count - 1)) % Languages.Count;
            return new JsonObject
            {
                ["first"] = Text(one, first, verb, second),
                ["rest"] = isAligned
                    ? Text(other, first, verb, second)
                    : Text(one, draw.Below(Nouns), draw.Below(Verbs), draw.Below(Nouns)),
            };
        }

        // Half of them alike, so that 'no' is no better a guess.
        if (draw.Below(2) == 0)
            second = first / (Nouns / Kinds.Length) * (Nouns / Kinds.Length) + draw.Below(Nouns / Kinds.Length);
        var (topic, thing) = (Kind(first), Kind(second));
        return new JsonObject
        {
            ["text"] = Text(Languages.ToList().IndexOf(Language ?? Languages[0]), first, verb, second),
            ["topic"] = topic,
            ["object"] = thing,
            ["mood"] = verb < Verbs / 2 ? "bad" : "good",
            ["same"] = topic == thing ? "yes" : "no",
        };
    }

    private static string Kind(int noun) => Kinds[noun / (Nouns / Kinds.Length)];

    private static string Text(int language, int first, int verb, int second)
    {
        var from = language * (Nouns + Verbs);
        return $"{Words[from + first]} {Words[from + Nouns + verb]} {Words[from + second]}";
    }
}
