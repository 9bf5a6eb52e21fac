using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Pages of three facts, each a line and its value on the next, with a question and its answer. Columns: <c>page</c>, <c>type</c>
/// (<c>what</c>: a value is asked for; <c>check</c>: whether a fact stands there), <c>question</c>, <c>answer</c>, and the page as a plain
/// text: <c>first</c>, its first word, and <c>rest</c>. The two domains have no syllable, relation or length of names in common.
/// </summary>
[Keyword("pages"), Revision(1)]
public sealed record Pages : SyntheticSource
{
    private const int Facts = 3;
    private const string Consonants = "bdfgklmnprstvz";
    private const string Vowels = "aeiou";
    private static readonly string[][] Relations =
    [
        ["born", "owns", "eats", "sees"],
        ["melts", "binds", "emits", "holds"],
    ];

    // Of each consonant and vowel that stand together, one domain alone has the syllable.
    private static readonly string[][] Syllables =
    [
        .. Enumerable
            .Range(0, 2)
            .Select(domain =>
                (string[])
                    [
                        .. from consonant in Enumerable.Range(0, Consonants.Length)
                        from vowel in Enumerable.Range(0, Vowels.Length)
                        where (consonant + vowel) % 2 == domain
                        select $"{Consonants[consonant]}{Vowels[vowel]}",
                    ]
            ),
    ];

    /// <summary>What the pages are about.</summary>
    public Domain Domain { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var domain = (int)Domain;
        var names = Words(ref draw, 2 + domain);
        var values = Words(ref draw, 1 + domain);
        var relations = draw.Permutation(Relations[domain].Length);
        string[] lines = [.. Enumerable.Range(0, Facts).Select(i => $"{names[i]} {Relations[domain][relations[i]]}\n{values[i]}")];
        var asked = draw.Below(Facts);
        var isWhat = draw.Below(2) == 0;
        var claimed = draw.Below(2) == 0 ? asked : (asked + 1 + draw.Below(Facts - 1)) % Facts;
        var question = $"{names[asked]} {Relations[domain][relations[asked]]}";
        var page = string.Join('\n', lines);
        return new JsonObject
        {
            ["page"] = page,
            ["type"] = isWhat ? "what" : "check",
            ["question"] = isWhat ? question : $"{question} {values[claimed]}",
            ["answer"] =
                isWhat ? values[asked]
                : claimed == asked ? "yes"
                : "no",
            ["first"] = names[0],
            ["rest"] = page[(names[0].Length + 1)..],
        };

        string[] Words(ref Draw draw, int length)
        {
            var words = new string[Facts];
            for (var i = 0; i < Facts; i++)
                do
                {
                    words[i] = "";
                    for (var syllable = 0; syllable < length; syllable++)
                        words[i] += Syllables[domain][draw.Below(Syllables[domain].Length)];
                } while (Array.IndexOf(words, words[i]) < i);
            return words;
        }
    }
}

/// <summary>What pages are about.</summary>
public enum Domain
{
    /// <summary>What questions are known of.</summary>
    Known,

    /// <summary>What there are only pages of.</summary>
    New,
}
