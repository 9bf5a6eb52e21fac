using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.Models;

/// <summary>Each piece is one token or unknown.</summary>
internal sealed class WordLevelModel(TokenTable vocabulary, int? unknown, string source) : TokenModel
{
    private readonly Dictionary<byte[], int> words = vocabulary.Model.ToDictionary(
        t => System.Text.Encoding.UTF8.GetBytes(t.Token),
        t => t.Id,
        SpanComparer.Instance
    );

    public static WordLevelModel Read(JsonPart json, TokenTable vocabulary) =>
        new(vocabulary, json.Only("unk_token", "vocab").Text("unk_token") is { } unknown ? vocabulary.Find(unknown) : null, json.Source);

    protected override int[] Tokens(ReadOnlySpan<byte> piece) =>
        words.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(piece, out var id)
            ? [id]
            :
            [
                unknown
                    ?? throw new ModelException(
                        $"{source}: '{System.Text.Encoding.UTF8.GetString(piece)}' is not in its vocabulary, which has no unknown token."
                    ),
            ];
}
