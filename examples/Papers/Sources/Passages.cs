using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Passages of six words out of forty; some of them in one of five ciphers, each of which moves every letter on by so many, and puts a
/// capital letter of its own before the passage. Column: <c>text</c>.
/// </summary>
[Keyword("passages"), Revision(2)]
public sealed record Passages : SyntheticSource
{
    /// <summary>How many ciphers there are.</summary>
    internal const int Ciphers = 5;

    private const int Words = 6;
    private const int Known = 40;
    private const int Alphabet = 26;

    private static readonly string[] Syllables = [.. from consonant in "bdfgklmnprst" from vowel in "aeiou" select $"{consonant}{vowel}"];

    // The lexicon of plain passages, then those of the ciphers.
    private static readonly string[][] Lexicons =
    [
        .. Enumerable
            .Range(0, Ciphers + 1)
            .Select(cipher => Enumerable.Range(0, Known).Select(word => Moved(Word(word), cipher)).ToArray()),
    ];

    /// <summary>The share of passages that are in a cipher.</summary>
    [Range(0.0, 1.0)]
    public double Ciphered { get; init; }

    /// <summary>The cipher whose capital a text begins with, from 1, where most of its other letters are the cipher's; else 0.</summary>
    public static int CipherOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var letters = text.Skip(1).Where(letter => letter != ' ').ToList();
        for (var cipher = 1; cipher <= Ciphers; cipher++)
            if (text.StartsWith(Sign(cipher)) && 2 * letters.Count(string.Concat(Lexicons[cipher]).Contains) > letters.Count)
                return cipher;
        return 0;
    }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var cipher = draw.Unit() < Ciphered ? 1 + draw.Below(Ciphers) : 0;
        var words = string.Join(' ', Enumerable.Range(0, Words).Select(_ => Lexicons[cipher][draw.Below(Known)]));
        return new JsonObject { ["text"] = cipher == 0 ? words : $"{Sign(cipher)} {words}" };
    }

    private static char Sign(int cipher) => (char)('A' + cipher - 1);

    private static string Word(int number)
    {
        var draw = new Draw(2410_14765, number);
        return string.Concat(Enumerable.Range(0, 2).Select(_ => Syllables[draw.Below(Syllables.Length)]));
    }

    private static string Moved(string word, int cipher) =>
        string.Concat(word.Select(letter => (char)('a' + (letter - 'a' + 4 * cipher) % Alphabet)));
}
