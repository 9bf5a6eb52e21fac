using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// What people name where they are asked about a topic: each topic has eight answers, each of which fewer people give than the one before.
/// Columns: <c>topic</c>, <c>person</c> (a letter), <c>answers</c>: a person's own three, of ten answers one that is any word; or, of the
/// person <c>z</c>, whom no one has learnt from, those of a hundred people, an item each, with nothing that is any word.
/// </summary>
[Keyword("surveys"), Revision(1)]
public sealed record Surveys : SyntheticSource
{
    private const int Answers = 8;
    private const int Named = 3;
    private const int People = 100;
    private const double Falling = 0.7; // How many as many give the next answer.

    private static readonly string[] Words = [.. from consonant in "bdfgklmnprst" from vowel in "aeiou" select $"{consonant}{vowel}"];

    /// <summary>How many topics there are.</summary>
    [Range(1, 1000)]
    public int Topics { get; init; } = 60;

    /// <summary>Whether the records are the topics themselves, with what a hundred people say; as many as there are topics.</summary>
    public bool Gold { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        if (Gold && Count > Topics)
            throw new DataException($"surveys: there are {Topics} topics, and {Count} are asked for; say 'count: {Topics}' or less.");
        var draw = new Draw(Seed, number);
        var topic = Gold ? number : draw.Below(Topics);
        var world = new Draw(2309_13165, topic);
        var words = world.Permutation(Words.Length);
        var answers = new JsonArray();
        if (Gold)
            for (var i = 0; i < Answers; i++)
            for (var person = 0; person < (int)Math.Round(People * Weight(i)); person++)
                answers.Add(Words[words[i]]);
        else
            foreach (var answer in Own(ref draw))
                answers.Add(draw.Below(10) == 0 ? Words[draw.Below(Words.Length)] : Words[words[answer]]);
        return new JsonObject
        {
            // Two syllables that no other topic has.
            ["topic"] = $"{Words[topic % Words.Length]}{Words[(topic * 7 + topic / Words.Length) % Words.Length]}",
            ["person"] = Gold ? "z" : $"{(char)('a' + draw.Below(25))}",
            ["answers"] = answers,
        };
    }

    /// <summary>The share of people who give an answer.</summary>
    private static double Weight(int answer) => Math.Pow(Falling, answer) * (1 - Falling) / (1 - Math.Pow(Falling, Answers));

    private static List<int> Own(ref Draw draw)
    {
        var own = new List<int>();
        while (own.Count < Named)
        {
            var (left, answer) = (draw.Unit(), 0);
            while (answer < Answers - 1 && (left -= Weight(answer)) >= 0)
                answer++;
            if (!own.Contains(answer))
                own.Add(answer);
        }

        return own;
    }
}
