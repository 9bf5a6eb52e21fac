using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Sentences of three words in seven languages, each with an alphabet and thirty words of its own, for the same thirty things. Columns:
/// <c>first</c>, <c>rest</c>, a document of pairs of sentences that say the same, one a line, all translated into one language (the first
/// line, and the others); or <c>text</c>, <c>english</c>, a sentence in one language and in the language 0. In no document stand the
/// languages 0 and 6 side by side in a pair.
/// </summary>
[Keyword("tongues"), Revision(1)]
public sealed record Tongues : SyntheticSource
{
    private const string Letters = "abcdefghijklmnopqrstuvwxABCDEFGHIJKLMNOPQRSTUVWX01234567";
    private const int Alphabet = 8;
    private const int Languages = 7;
    private const int Things = 30;
    private const int Length = 3;
    private const int English = 0;
    private const int Rare = 6;

    /// <summary>The language that is translated from. Default: 0, the records are documents.</summary>
    [Range(0, Languages - 1)]
    public int From { get; init; }

    /// <summary>How many pairs a document has.</summary>
    [Range(1, 32)]
    public int Pairs { get; init; } = 5;

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        if (From > 0)
        {
            var said = Sentence(ref draw);
            return new JsonObject { ["text"] = Written(said, From), ["english"] = Written(said, English) };
        }

        var into = draw.Below(Languages);
        int? always = draw.Below(2) == 0 ? Other(into, ref draw) : null;
        var lines = new List<string>();
        while (lines.Count < 2 * Pairs)
        {
            var said = Sentence(ref draw);
            lines.AddRange([Written(said, always ?? Other(into, ref draw)), Written(said, into)]);
        }

        return new JsonObject { ["first"] = lines[0], ["rest"] = string.Join('\n', lines.Skip(1)) };
    }

    /// <summary>A language that something is translated from.</summary>
    private static int Other(int into, ref Draw draw)
    {
        int from;
        do from = draw.Below(Languages);
        while (from == into || (Math.Min(from, into), Math.Max(from, into)) == (English, Rare));
        return from;
    }

    private static int[] Sentence(ref Draw draw)
    {
        var things = new int[Length];
        for (var i = 0; i < Length; i++)
            things[i] = draw.Below(Things);
        return things;
    }

    private static string Written(int[] things, int language)
    {
        var words = new Draw(2306_11372, language).Permutation(Alphabet * Alphabet);
        return string.Join(
            ' ',
            things.Select(thing =>
                $"{Letters[language * Alphabet + words[thing] / Alphabet]}{Letters[language * Alphabet + words[thing] % Alphabet]}"
            )
        );
    }
}
