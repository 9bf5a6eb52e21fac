using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// One step of a Markov algorithm (arXiv 2410.04717): a rule, a text, and the text with the leftmost occurrence of the rule's letter
/// replaced. Columns: <c>rule</c>, <c>text</c>, <c>result</c>. A hundred of the 650 rules are in no form but the unseen ones.
/// </summary>
[Keyword("rewrites"), Revision(1)]
public sealed record Rewrites : SyntheticSource
{
    private const int Letters = 26;
    private const int Unseen = 100;
    private const int Length = 10;

    // One order of all rules for ever, whatever the seed: what is held out stays held out.
    private static readonly (char From, char To)[] All =
    [
        .. new Draw(2410_04717)
            .Permutation(Letters * Letters)
            .Where(rule => rule / Letters != rule % Letters)
            .Select(rule => ((char)('a' + rule / Letters), (char)('a' + rule % Letters))),
    ];

    /// <summary>How many different rules there are, the first of their form; a smaller number is part of a larger one.</summary>
    [Range(1, 550)]
    public int Rules { get; init; } = Unseen;

    /// <summary>Which rules they are.</summary>
    public RuleForm Form { get; init; } = RuleForm.Any;

    /// <summary>The share of texts that the rule's letter does not occur in: they stay as they are.</summary>
    [Range(0.0, 1.0)]
    public double Absent { get; init; } = 0.2;

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var rules = Of(Form);
        if (Rules > rules.Length)
            throw new DataException($"rewrites: there are {rules.Length} rules of the form '{Form}', not {Rules}.");
        var draw = new Draw(Seed, number);
        var (from, to) = rules[draw.Below(Rules)];
        var text = new char[Length];
        for (var i = 0; i < Length; i++)
        {
            var letter = (char)('a' + draw.Below(Letters - 1));
            text[i] = letter < from ? letter : (char)(letter + 1);
        }

        var absent = draw.Unit() < Absent;
        for (var times = absent ? 0 : 1 + draw.Below(2); times > 0; times--)
            text[draw.Below(Length)] = from;
        var before = new string(text);
        if (before.IndexOf(from) is >= 0 and var first)
            text[first] = to;
        return new JsonObject
        {
            ["rule"] = $"{from}{to}",
            ["text"] = before,
            ["result"] = new string(text),
        };
    }

    private static (char From, char To)[] Of(RuleForm form) =>
        [
            .. (form is RuleForm.Unseen or RuleForm.UnseenConsonants ? All.Take(Unseen) : All.Skip(Unseen)).Where(rule =>
                form switch
                {
                    RuleForm.Vowels => IsVowel(rule.From),
                    RuleForm.UnseenConsonants => !IsVowel(rule.From),
                    _ => true,
                }
            ),
        ];

    private static bool IsVowel(char letter) => letter is 'a' or 'e' or 'i' or 'o' or 'u';
}

/// <summary>Which rules are taken.</summary>
public enum RuleForm
{
    /// <summary>Those that may be learnt, of any letter.</summary>
    Any,

    /// <summary>Of those that may be learnt, the ones that replace a vowel.</summary>
    Vowels,

    /// <summary>Those that are never learnt.</summary>
    Unseen,

    /// <summary>Of those that are never learnt, the ones that replace a consonant.</summary>
    UnseenConsonants,
}
