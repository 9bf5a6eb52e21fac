using System.Text.Json.Nodes;
using TaskDsl.Data;
using TaskDsl.Torch.Draws;
using TaskDsl.Vocabulary;

namespace Papers.Sources;

/// <summary>Random letters and the same again. Columns: <c>text</c>, <c>copy</c>.</summary>
[Keyword("copies"), Revision(1)]
public sealed record Copies : SyntheticSource
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ.";

    /// <inheritdoc/>
    public override JsonObject Record(int number)
    {
        var draw = new Draw(Seed, number);
        var text = new char[3 + draw.Below(8)];
        for (var i = 0; i < text.Length; i++)
            text[i] = Alphabet[draw.Below(Alphabet.Length)];
        var all = new string(text);
        return new JsonObject { ["text"] = all, ["copy"] = all };
    }
}
