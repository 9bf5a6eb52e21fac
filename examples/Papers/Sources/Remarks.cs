using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Remarks about one of eight topics (arXiv 2403.12776): three of a topic's twelve words, one word of another topic and four of none, in
/// any order. Columns: <c>remark</c>, <c>topic</c> (the first syllable of its words). What a word is about is to be learnt from labels
/// alone.
/// </summary>
[Keyword("remarks"), Revision(1)]
public sealed record Remarks : SyntheticSource
{
    private const int WordsOfTopic = 12;

    private static readonly string[] Topics = ["ba", "ce", "di", "fo", "gu", "la", "me", "ni"];
    private static readonly string[] Syllables =
    [
        "ka",
        "lo",
        "mi",
        "ru",
        "te",
        "sa",
        "no",
        "fe",
        "vu",
        "pi",
        "do",
        "ze",
        "hu",
        "ri",
        "wa",
        "yo",
    ];

    // Which words are of which topic is drawn once for ever: nothing in a word says it.
    private static readonly string[] Words =
    [
        .. new Draw(2403_12776)
            .Permutation(Syllables.Length * Syllables.Length)
            .Select(word => Syllables[word / Syllables.Length] + Syllables[word % Syllables.Length]),
    ];

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var topic = draw.Below(Topics.Length);
        var other = (topic + 1 + draw.Below(Topics.Length - 1)) % Topics.Length;
        List<string> words = [Of(topic, ref draw), Of(topic, ref draw), Of(topic, ref draw), Of(other, ref draw)];
        for (var plain = 0; plain < 4; plain++)
            words.Insert(draw.Below(words.Count + 1), Words[^(1 + draw.Below(Words.Length - (Topics.Length * WordsOfTopic)))]);
        return new JsonObject { ["remark"] = string.Join(' ', words), ["topic"] = Topics[topic] };
    }

    private static string Of(int topic, ref Draw draw) => Words[(topic * WordsOfTopic) + draw.Below(WordsOfTopic)];
}
