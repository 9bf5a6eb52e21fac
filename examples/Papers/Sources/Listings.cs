using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>
/// Questions for letters of a text that has none twice, each answered by a list: the first, third and so on of the alphabet (odd), the
/// others (even), those of its first half, those of its second half, those of the text's second half. Columns: <c>question</c>,
/// <c>text</c>, <c>items</c> (the answer in the order of the style), <c>reference</c> (the same letters as the gold style has them). No
/// text of a test is one of training.
/// </summary>
[Keyword("listings"), Revision(1)]
public sealed record Listings : SyntheticSource
{
    private const int Letters = 12;
    private const int Length = 6;
    private static readonly string[] Others = ["low", "high", "late"];

    /// <summary>The share of records that ask for odd letters; what is neither odd nor even asks one of the other questions.</summary>
    [Range(0.0, 1.0)]
    public double Odd { get; init; }

    /// <summary>The share of records that ask for even letters.</summary>
    [Range(0.0, 1.0)]
    public double Even { get; init; }

    /// <summary>How the letters are written.</summary>
    public ListStyle Style { get; init; }

    /// <summary>Whether the texts are those for tests.</summary>
    public bool HeldOut { get; init; }

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var kind = draw.Unit();
        var question =
            kind < Odd ? "odd"
            : kind < Odd + Even ? "even"
            : Others[draw.Below(Others.Length)];
        string text;
        do text = string.Concat(draw.Permutation(Letters).Take(Length).Select(letter => (char)('a' + letter)));
        while (new Draw(Draw.Seed(text)).Below(8) == 0 != HeldOut);
        char[] found = [.. text.Where(letter => IsMeant(question, text, letter))];
        return new JsonObject
        {
            ["question"] = question,
            ["text"] = text,
            ["items"] = Style == ListStyle.Own ? Written(found) : Written(found.OrderDescending()),
            ["reference"] = Written(found.OrderDescending()),
        };
    }

    private static bool IsMeant(string question, string text, char letter) =>
        question switch
        {
            "odd" => (letter - 'a') % 2 == 0,
            "even" => (letter - 'a') % 2 == 1,
            "low" => letter < 'a' + Letters / 2,
            "high" => letter >= 'a' + Letters / 2,
            _ => text.IndexOf(letter) >= Length / 2,
        };

    private static JsonArray Written(IEnumerable<char> letters) => [.. letters.Select(letter => (JsonNode)$"{letter}")];
}

/// <summary>How a list is written.</summary>
public enum ListStyle
{
    /// <summary>In the order in which the letters stand in the text.</summary>
    Own,

    /// <summary>From the alphabet's end to its beginning.</summary>
    Gold,
}
