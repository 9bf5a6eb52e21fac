using TaskDsl.HuggingFace.Tokenizers.Text;

namespace TaskDsl.HuggingFace.Tokenizers.PreTokenizers;

/// <summary>GPT-2's: perhaps a space in front, perhaps GPT-2's expression; the model behind it sees bytes.</summary>
internal sealed class ByteLevelPreTokenizer(bool prefixSpace, bool expression) : PreTokenizer
{
    private readonly SplitPreTokenizer? split = expression ? new(Expression.Of(Gpt2), SplitBehavior.Isolated) : null;

    /// <summary>The keys of each part of this name; offsets are nobody's business here.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["add_prefix_space", "trim_offsets", "use_regex"];

    public override void Apply(Pieces pieces)
    {
        if (prefixSpace && pieces.Ranges.Any(p => NeedsSpace(pieces, p)))
        {
            pieces.Rewrite(
                static (all, piece, _, output) =>
                {
                    var needs = NeedsSpace(all, piece);
                    if (needs)
                        output.Write((byte)' ');
                    System.Buffers.BuffersExtensions.Write(output, all.Bytes(piece));
                    return piece.Length + (needs ? 1 : 0);
                }
            );
        }

        split?.Apply(pieces);
    }

    private static bool NeedsSpace(Pieces pieces, (int Start, int Length) piece) =>
        pieces.Text[piece.Start] != ' ' && !(piece.Start == 0 && pieces.Place == Place.Continuing);
}
