using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Four words of a made-up language and their translations in reverse order. Twenty of the eighty common words are translated otherwise in
/// each domain; a rare term stands among the words where it is asked for. Columns: <c>domain</c>, <c>source</c>, <c>terms</c> (entries of a
/// dictionary), <c>target</c>.
/// </summary>
[Keyword("translations"), Revision(1)]
public sealed record Translations : SyntheticSource
{
    private const int Common = 80;
    private const int OfDomain = 20;
    private const int Known = 100;
    private const int Letters = 20;
    private const string Alphabet = "bcdfghjklmnpqrstvwxz";

    private static readonly string[] Domains = ["general", "law", "medicine"];

    // The same words for ever, whatever the seed: common ones, then the targets of each domain.
    private static readonly string[] Short =
    [
        .. new Draw(2402_15061).Permutation(Letters * Letters * Letters).Take(4 * Common).Select(number => Word(number, 3)),
    ];

    /// <summary>The rare terms with their translations: a hundred that are learnt, and a hundred that are not.</summary>
    public static readonly IReadOnlyList<(string Term, string Entry)> Rare =
    [
        .. new Draw(2402_15061, 4)
            .Permutation(Letters * Letters * Letters * Letters)
            .Take(4 * Known)
            .Select(number => Word(number, 4))
            .Chunk(2)
            .Select(pair => (pair[0], pair[1])),
    ];

    /// <summary>The domain.</summary>
    public TranslationDomain Domain { get; init; }

    /// <summary>Which rare term stands among the words.</summary>
    public RareTerm Terms { get; init; }

    /// <summary>Whether another translation stands behind each, as in running text.</summary>
    public bool Further { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var (domain, source, target, entry) = Pair(ref draw);
        if (Further)
        {
            var (_, next, translated, known) = Pair(ref draw);
            target += $"\n{domain}: {next}\n{(known is null ? "" : known + "\n")}{translated}";
        }

        return new JsonObject
        {
            ["domain"] = domain,
            ["source"] = source,
            ["terms"] = entry is null ? [] : new JsonArray(entry),
            ["target"] = target,
        };
    }

    private (string Domain, string Source, string Target, string? Entry) Pair(ref Draw draw)
    {
        var domain = Domain == TranslationDomain.Any ? draw.Below(Domains.Length) : (int)Domain;
        var words = new List<(string Source, string Target)>();
        for (var i = 0; i < 4; i++)
            words.Add(CommonWord(draw.Below(Common), domain));
        string? entry = null;
        var place = draw.Below(4);
        switch (Terms)
        {
            case RareTerm.Known:
                words[place] = Rare[draw.Below(Known)];
                break;
            case RareTerm.Fresh:
                words[place] = Rare[Known + draw.Below(Known)];
                break;
            case RareTerm.Random when draw.Below(2) == 0:
                // Of five letters: none of the terms.
                words[place] = (Word(draw.Below(int.MaxValue), 5), Word(draw.Below(int.MaxValue), 5));
                entry = $"{words[place].Source} = {words[place].Target}";
                break;
        }

        return (
            Domains[domain],
            string.Join(' ', words.Select(word => word.Source)),
            string.Join(' ', words.AsEnumerable().Reverse().Select(word => word.Target)),
            entry
        );
    }

    private static (string Source, string Target) CommonWord(int number, int domain) =>
        (Short[number], Short[Common * (number < OfDomain ? 1 + domain : 1) + number]);

    private static string Word(int number, int letters)
    {
        var word = new char[letters];
        for (var i = 0; i < letters; i++, number /= Letters)
            word[i] = Alphabet[number % Letters];
        return new string(word);
    }
}
