using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// What customers of a bank ask, as six made-up words: three of the sixteen of their intent, one of another intent, and two that say
/// nothing. A few labelled texts show half of an intent's words; the others stand beside those in other texts. Columns: <c>text</c>,
/// <c>intent</c>, and the text once more as <c>first</c> (two words) and <c>rest</c>. Intents come in turn, so that a count is balanced.
/// </summary>
[Keyword("enquiries"), Revision(1)]
public sealed record Enquiries : SyntheticSource
{
    /// <summary>The intents.</summary>
    public static readonly IReadOnlyList<string> Intents =
    [
        "address",
        "balance",
        "block",
        "cash",
        "exchange",
        "limit",
        "loan",
        "lost",
        "refund",
        "transfer",
    ];

    private const int Own = 16;
    private const int Fillers = 40;

    private static readonly string[] Syllables = ["ka", "lo", "mi", "ru", "te", "sa", "no", "fe", "vu", "pi"];

    // The same words for ever, whatever the seed: those of the first intent, of the second, …, and those that say nothing.
    private static readonly string[] Words =
    [
        .. new Draw(2011_09031)
            .Permutation(1000)
            .Take(Intents.Count * Own + Fillers)
            .Select(number => Syllables[number / 100] + Syllables[number / 10 % 10] + Syllables[number % 10]),
    ];

    /// <summary>The intent that a word belongs to; null for one that says nothing.</summary>
    public static string? IntentOf(string word) =>
        Array.IndexOf(Words, word) is >= 0 and var at && at / Own < Intents.Count ? Intents[at / Own] : null;

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var intent = number % Intents.Count;
        var other = draw.Permutation(Intents.Count).First(other => other != intent);
        int[] chosen =
        [
            .. draw.Permutation(Own).Take(3).Select(word => intent * Own + word),
            other * Own + draw.Below(Own),
            Intents.Count * Own + draw.Below(Fillers),
            Intents.Count * Own + draw.Below(Fillers),
        ];
        var words = Array.ConvertAll(chosen, word => Words[word]);
        draw.Shuffle<string>(words);
        return new JsonObject
        {
            ["text"] = string.Join(' ', words),
            ["intent"] = Intents[intent],
            ["first"] = string.Join(' ', words[..2]),
            ["rest"] = string.Join(' ', words[2..]),
        };
    }
}
