using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Sentences with mistakes (arXiv 2305.11862), each of which can be put right from the sentence alone: an article dropped, a verb that does
/// not agree with its subject, a word doubled, an adjective behind its noun. Columns: <c>written</c>, <c>corrected</c>. A third have none.
/// </summary>
/// <remarks>Sentences that are tested (<c>held_out</c>) are never among the others: by a hash of the right sentence.</remarks>
[Keyword("corruptions"), Revision(1)]
public sealed record Corruptions : SyntheticSource
{
    private static readonly string[] Nouns =
    [
        "buyer",
        "seller",
        "bank",
        "tenant",
        "owner",
        "agent",
        "court",
        "lender",
        "carrier",
        "insurer",
        "contract",
        "price",
        "notice",
        "parcel",
        "house",
        "loan",
        "debt",
        "rent",
        "invoice",
        "deposit",
    ];

    private static readonly string[] Adjectives =
    [
        "new",
        "old",
        "small",
        "large",
        "late",
        "whole",
        "first",
        "second",
        "former",
        "local",
        "foreign",
        "private",
    ];

    private static readonly string[] Verbs =
    [
        "pay",
        "send",
        "keep",
        "return",
        "accept",
        "refuse",
        "inspect",
        "deliver",
        "receive",
        "cancel",
        "sign",
        "claim",
    ];

    private static readonly string[] Prepositions = ["for", "from", "with", "against", "before", "after"];

    private static readonly string[] Joins = ["and", "but", "while", "because", "unless"];

    /// <summary>Whether the sentences are those that are never learnt.</summary>
    public bool HeldOut { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        // Of what is drawn for a number, the first sentence on the right side of the line.
        for (var n = 0; ; n++)
        {
            var draw = new Draw(Seed, number, n);
            var (right, wrong) = (new List<string>(), new List<string>());
            var chance = draw.Below(3) == 0 ? 0 : 0.12;
            for (var clauses = 2 + draw.Below(2); clauses > 0; clauses--)
            {
                Clause(ref draw, chance, right, wrong);
                Add(clauses > 1 ? Joins[draw.Below(Joins.Length)] : ".", right, wrong);
            }

            var corrected = Joined(right);
            if ((Draw.Seed(corrected) % 10 == 0) == HeldOut)
                return new JsonObject { ["written"] = Joined(wrong), ["corrected"] = corrected };
        }
    }

    private static void Clause(ref Draw draw, double chance, List<string> right, List<string> wrong)
    {
        var plural = draw.Below(2) == 0;
        Phrase(ref draw, chance, plural, right, wrong);
        var verb = Verbs[draw.Below(Verbs.Length)];
        var (one, many) = (verb + "s", verb);
        right.Add(plural ? many : one);
        wrong.Add(draw.Unit() < chance == plural ? one : many);
        Phrase(ref draw, chance, draw.Below(2) == 0, right, wrong);
        if (draw.Below(2) == 0)
            return;
        Add(Prepositions[draw.Below(Prepositions.Length)], right, wrong);
        Phrase(ref draw, chance, draw.Below(2) == 0, right, wrong);
    }

    // One mistake a phrase at most, so that none hides another.
    private static void Phrase(ref Draw draw, double chance, bool plural, List<string> right, List<string> wrong)
    {
        var adjective = draw.Below(2) == 0 ? Adjectives[draw.Below(Adjectives.Length)] : null;
        var noun = Nouns[draw.Below(Nouns.Length)] + (plural ? "s" : "");
        string[] phrase = adjective is null ? ["the", noun] : ["the", adjective, noun];
        right.AddRange(phrase);
        var (isWrong, kind, at) = (draw.Unit() < chance, draw.Below(3), draw.Below(phrase.Length));
        wrong.AddRange(
            !isWrong ? phrase
            : kind == 0 ? phrase[1..]
            : kind == 1 && adjective is not null ? ["the", noun, adjective]
            : [.. phrase[..(at + 1)], .. phrase[at..]]
        );
    }

    private static void Add(string word, List<string> right, List<string> wrong)
    {
        right.Add(word);
        wrong.Add(word);
    }

    private static string Joined(List<string> words) => string.Join(' ', words).Replace(" .", ".", StringComparison.Ordinal);
}
